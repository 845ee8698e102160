"""What files do not say of a database, each with the reason."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.default_privileges import DefaultPrivileges
from schemadiff.catalog.kinds.shared.foreign_options import MASK
from schemadiff.catalog.kinds.subscription import Subscription
from schemadiff.catalog.scope import SYSTEM_SCHEMAS
from schemadiff.catalog.sql import Quoted
from schemadiff.connection import Connection
from schemadiff.pulling.declarations import usual_owner

_SCHEMAS = """
SELECT quote_ident(nspname) FROM pg_catalog.pg_namespace
WHERE NOT nspname LIKE ANY(%s) ORDER BY nspname
"""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is left out, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


def left_out(connection: Connection, beginning: Catalog, live: Catalog) -> tuple[LeftOut, ...]:
    """What `live`, behind the connection, holds beyond its declarations; `beginning` is a database without any."""
    return (
        *_schemas(connection, live),
        *(LeftOut(name, "schemadiff does not know this kind of object") for name in live.unmanaged),
        *_extensions(live),
        *_secrets(live),
        *_owners(live),
        *_default_privileges(beginning),
        *_invalid(live),
        *_patterns(live),
    )


def _schemas(connection: Connection, live: Catalog) -> Iterator[LeftOut]:
    patterns = [pattern.replace("_", r"\_").replace("*", "%") for pattern in SYSTEM_SCHEMAS]
    names = [name for (name,) in connection.execute(_SCHEMAS, [patterns]).fetchall()]
    foreign = [name for name in names if name not in live.rows["schema"]]
    if foreign:
        whose = "the platform's, an extension's, " if live.scope.supabase else "an extension's "
        yield LeftOut(_counted("schema", foreign), f"{whose}or schemadiff's own")


def _extensions(live: Catalog) -> Iterator[LeftOut]:
    if names := sorted(live.rows[Extension.KIND]):
        yield LeftOut(f"members of {_counted('extension', names)}", "CREATE EXTENSION makes them")


def _secrets(live: Catalog) -> Iterator[LeftOut]:
    for kind, rows in sorted(live.rows.items()):
        for name, values in rows.items():
            masked = any(MASK in option for value in values if isinstance(value, tuple) for option in map(str, value))
            if masked:
                yield LeftOut(f"secrets of {kind} {name}", "the file has placeholders in their place")
            elif kind == Subscription.KIND:
                yield LeftOut(f"connection of {kind} {name}", "it may hold a password")


def _owners(live: Catalog) -> Iterator[LeftOut]:
    usual = usual_owner(live)
    if usual is not None:
        count = Counter(Owner.of(values).role for values in live.rows[Owner.KIND].values())[usual]
        yield LeftOut(f"owner {usual} of {count} objects", "where files name no owner, a plan changes none")


def _default_privileges(beginning: Catalog) -> Iterator[LeftOut]:
    if names := sorted(beginning.rows[DefaultPrivileges.KIND]):
        yield LeftOut(f"default privileges {', '.join(names)}", "files are read under live's own")


def _invalid(live: Catalog) -> Iterator[LeftOut]:
    for index in live.having(Index, "valid", False):
        yield LeftOut(f"that index {index.identity} is invalid", "files declare what should be: a plan rebuilds it")


def _patterns(live: Catalog) -> Iterator[LeftOut]:
    if live.scope.patterned:
        yield LeftOut("what the settings include and exclude say", "it is not managed")


def _counted(word: str, names: list[Quoted] | list[str]) -> str:
    return f"{word}{'s' if len(names) > 1 else ''} {', '.join(names)}"
