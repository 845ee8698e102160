"""A role of the server: its attributes, never its password.

Roles of the system and the platform, the bootstrap superuser and the roles that both sides of a comparison are
read as stay out.
"""

from schemadiff.catalog.declaring.fields import alters
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.sql import Sql, literal, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, StepNote, StepOperation
from schemadiff.catalog.statements.statement import Preflight, Statement

SWITCHES = ("superuser", "inherit", "createrole", "createdb", "login", "replication", "bypassrls")

_ELSEWHERE = """\
SELECT d.datname AS database, count(*) AS objects
FROM pg_catalog.pg_shdepend AS s
JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid
WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.datname <> pg_catalog.current_database()
  AND s.refobjid = (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = {name})
GROUP BY d.datname"""


@kind("role", catalog="pg_authid")
class Role(CatalogObject):
    """A role with the attributes that CREATE ROLE gives."""

    superuser: bool = alters(by="alter_attributes")
    inherit: bool = alters(by="alter_attributes")
    createrole: bool = alters(by="alter_attributes")
    createdb: bool = alters(by="alter_attributes")
    login: bool = alters(by="alter_attributes")
    replication: bool = alters(by="alter_attributes")
    bypassrls: bool = alters(by="alter_attributes")
    connection_limit: int = alters(by="alter_attributes")
    """-1: none."""
    valid_until: str | None = alters(by="alter_attributes")
    """The time from which the password does not count any more."""

    QUERY = """
        SELECT r.oid::int8 AS objid, 0 AS objsubid, quote_ident(r.rolname) AS identity,
               r.rolsuper AS superuser, r.rolinherit AS inherit, r.rolcreaterole AS createrole,
               r.rolcreatedb AS createdb, r.rolcanlogin AS login, r.rolreplication AS replication,
               r.rolbypassrls AS bypassrls, r.rolconnlimit AS connection_limit,
               nullif(r.rolvaliduntil, 'infinity')::text AS valid_until
        FROM pg_catalog.pg_roles AS r
        WHERE r.rolname <> ALL(%(fixed_roles)s)
    """

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = " ".join((f"CREATE ROLE {self.identity}", *self._changes(None)))
        purpose = Purpose(StepOperation.CREATE, note=StepNote.NO_PASSWORD if self.login else None)
        return (Statement(Sql(words), (Hazard.WIDENS_ACCESS,), purpose=purpose),)

    def drop(self) -> tuple[Statement, ...]:
        """The password is lost; what the role owns or may use in other databases makes Postgres refuse."""
        hazards = (Hazard.IRREVERSIBLE, Hazard.BREAKS_CLIENTS) if self.login else (Hazard.NARROWS_ACCESS,)
        purpose = Purpose(StepOperation.DROP, note=StepNote.PASSWORD_LOST if self.login else None)
        elsewhere = Preflight(
            f"role {self.identity}",
            Problem(ProblemKind.ROLE_IN_USE),
            Sql(_ELSEWHERE.format(name=literal(unquoted(self.identity)))),
        )
        return (Statement(Sql(f"DROP ROLE {self.identity}"), hazards, preflights=(elsewhere,), purpose=purpose),)

    def alter_attributes(self, before: "Role") -> tuple[Statement, ...]:
        words = " ".join((f"ALTER ROLE {self.identity}", *self._changes(before)))
        return (Statement(Sql(words), self._shifts(before)),)

    def _changes(self, before: "Role | None") -> list[str]:
        """The attributes that differ from those of `before`, or else from those of a new role."""
        changes = []
        for name in SWITCHES:
            had = getattr(before, name) if before else name == "inherit"
            if getattr(self, name) != had:
                changes.append(name.upper() if getattr(self, name) else f"NO{name.upper()}")
        if self.connection_limit != (before.connection_limit if before else -1):
            changes.append(f"CONNECTION LIMIT {self.connection_limit}")
        if self.valid_until != (before.valid_until if before else None):
            changes.append(f"VALID UNTIL {literal(self.valid_until or 'infinity')}")
        return changes

    def _shifts(self, before: "Role") -> tuple[Hazard, ...]:
        old, new = ({name for name in SWITCHES if getattr(role, name)} for role in (before, self))
        widens = (Hazard.WIDENS_ACCESS,) if new - old else ()
        return (*widens, Hazard.NARROWS_ACCESS) if old - new else widens
