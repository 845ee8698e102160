"""Which objects of a database are ours to compare: not the system's, not the platform's, not an extension's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

ARCHIVE_SCHEMA = "schemadiff_archive"
"""Where plans keep what they destroy."""

MIGRATIONS_SCHEMA = "supabase_migrations"
"""Where the Supabase CLI keeps its ledger, on any server."""

LEDGER_SCHEMAS = ("schemadiff", ARCHIVE_SCHEMA)

SYSTEM_SCHEMAS = ("pg_*", "information_schema")

SUPABASE_SCHEMAS = (
    "_analytics", "_realtime", "_supavisor", "auth", "cron", "dbdev", "etl", "extensions", "graphql",
    "graphql_public", "net", "pgbouncer", "pgmq", "pgmq_public", "pgsodium", "pgsodium_masks", "pgtle",
    "realtime", "repack", "storage", "supabase_functions", "supabase_migrations", "tiger", "tiger_data",
    "timescaledb_*", "_timescaledb_*", "topology", "vault",
)  # fmt: skip
"""Schemas that the Supabase platform owns and migrates itself."""

SUPABASE_ROLES = (
    "supabase_admin", "anon", "authenticated", "service_role", "authenticator", "supabase_auth_admin",
    "supabase_storage_admin", "supabase_functions_admin", "supabase_realtime_admin", "supabase_read_only_user",
    "supabase_replication_admin", "supabase_etl_admin", "dashboard_user", "pgbouncer",
    "supabase_privileged_role", "supabase_superuser", "pgsodium_keyholder", "pgsodium_keyiduser",
    "pgsodium_keymaker", "pgtle_admin", "cli_login_*",
)  # fmt: skip
"""Roles of the platform; what they own is theirs."""

EXTENSIONS_FROM_BIRTH = ("pg_stat_statements", "pgcrypto", "plpgsql", "supabase_vault", "uuid-ossp")
"""Extensions that a Supabase project begins with; they are neither created nor dropped."""

SUPABASE_PUBLICATIONS = ("supabase_realtime", "supabase_realtime_messages_publication")
"""Publications of the platform; which of our tables they publish is ours."""

PLATFORM_TABLES_WITH_POLICIES = (("storage", "objects"), ("storage", "buckets"), ("realtime", "messages"))
"""Tables of the platform on which policies are ours."""

ROWS_ROLE = "schemadiff_rows_"
"""How the names of roles begin that put rows into rehearsals; they are never compared."""

REACHING_OUT = ("pg_execute_server_program", "pg_read_server_files", "pg_write_server_files")
"""Roles of the system whose members may do more than work in a database; nobody gets them in a rehearsal."""


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is compared: the profile's rules plus patterns `[kind:]glob` over object names.

    With `roles`, also what the server holds: roles, their memberships and settings, settings of the database,
    privileges on parameters; `connected` names the roles (unquoted) that stay out, such as those that sides are read
    as. Without `settings`, those of the database stay out, and those that roles have in it only. `own_publications`
    are the platform's by name, and ours to create where its owner has dropped them. `rows` are the kinds whose objects
    are rows of a table of the platform: those of which the files declare something.
    """

    profile: str = "plain"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    roles: bool = False
    connected: tuple[str, ...] = ()
    settings: bool = True
    own_publications: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    @classmethod
    def of(cls, profile: str = "plain", include: Iterable[str] = (), exclude: Iterable[str] = ()) -> "Scope":
        """A scope of `profile` (plain or supabase) narrowed by patterns."""
        return cls(profile, tuple(include), tuple(exclude))

    def with_roles(self, connected: Iterable[str] = (), *, settings: bool = True) -> "Scope":
        """The scope with roles and what else the server holds, all but the roles `connected`."""
        return replace(self, roles=True, connected=tuple(connected), settings=settings)

    def with_rows(self, kinds: Iterable[str]) -> "Scope":
        """The scope with objects of these kinds, which are rows of tables of the platform."""
        return replace(self, rows=tuple(sorted(kinds)))

    def leaving_out(self, patterns: Iterable[str]) -> "Scope":
        """The scope without what more patterns name."""
        return replace(self, exclude=(*self.exclude, *patterns))

    def holds_schema(self, name: str) -> bool:
        """Whether objects in schema `name` (unquoted) are ours."""
        foreign = (*SYSTEM_SCHEMAS, *LEDGER_SCHEMAS, MIGRATIONS_SCHEMA, *(SUPABASE_SCHEMAS if self.supabase else ()))
        return not _matches(name, foreign)

    def holds_extension(self, name: str) -> bool:
        """Whether extension `name` (unquoted) is ours to create and drop."""
        return name not in (EXTENSIONS_FROM_BIRTH if self.supabase else ("plpgsql",))

    def holds_role(self, name: str) -> bool:
        """Whether what role `name` (unquoted) owns is ours."""
        return not (self.supabase and _matches(name, SUPABASE_ROLES))

    def compares_role(self, name: str) -> bool:
        """Whether role `name` (unquoted) is not one of those that are to stay out."""
        return name not in self.connected and not name.startswith(ROWS_ROLE)

    @property
    def platform_publications(self) -> tuple[str, ...]:
        """Names (unquoted) of the publications that are neither created nor dropped."""
        return tuple(name for name in SUPABASE_PUBLICATIONS if name not in self.own_publications and self.supabase)

    def holds(self, kind: str, name: str) -> bool:
        """Whether the patterns keep the object `name` of `kind`."""
        if self.include and not self._named(kind, name, self.include):
            return False
        return not self._named(kind, name, self.exclude)

    @property
    def supabase(self) -> bool:
        """Whether the platform's schemas, roles and extensions are set aside."""
        return self.profile == "supabase"

    @property
    def patterned(self) -> bool:
        """Whether any pattern narrows the profile's scope."""
        return bool(self.include or self.exclude)

    def as_lists(self) -> dict[str, list[str]]:
        """The scope as plan.json keeps it."""
        lists = {"profile": [self.profile], "include": list(self.include), "exclude": list(self.exclude)}
        if self.own_publications:
            lists["own_publications"] = list(self.own_publications)
        if self.rows:
            lists["rows"] = list(self.rows)
        if self.roles:
            settings = ["on"] if self.settings else []
            lists |= {"roles": ["on"], "connected": list(self.connected), "settings": settings}
        return lists

    @classmethod
    def from_lists(cls, lists: dict[str, list[str]]) -> "Scope":
        """The scope that `as_lists` described."""
        profile = lists.get("profile") or ["plain"]
        found = cls.of(profile[0], lists.get("include", ()), lists.get("exclude", ()))
        found = replace(
            found, own_publications=tuple(lists.get("own_publications", ())), rows=tuple(lists.get("rows", ()))
        )
        if not lists.get("roles"):
            return found
        return found.with_roles(lists.get("connected", ()), settings=bool(lists.get("settings")))

    @staticmethod
    def _named(kind: str, name: str, patterns: Iterable[str]) -> bool:
        for pattern in patterns:
            wanted, colon, glob = pattern.partition(":")
            if colon and wanted == kind and fnmatchcase(name, glob):
                return True
            if not colon and fnmatchcase(name, pattern):
                return True
        return False
