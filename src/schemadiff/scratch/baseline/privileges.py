"""Privileges read on live and granted on the scratch server."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Composed, Identifier

from schemadiff.catalog.versions import HAS_MAINTAIN

_PUBLIC_SCHEMA = """
SELECT grantee.rolname AS grantee, acl.privilege_type AS privilege, acl.is_grantable AS grantable
FROM pg_namespace AS n
CROSS JOIN aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) WITH ORDINALITY AS acl
LEFT JOIN pg_roles AS grantee ON grantee.oid = acl.grantee
WHERE n.nspname = 'public' AND (acl.grantee = 0 OR grantee.oid IS NOT NULL)
ORDER BY acl.ordinality
"""

_DEFAULTS = """
SELECT grantee.rolname AS grantee, acl.privilege_type AS privilege, acl.is_grantable AS grantable,
    owner.rolname AS owner, n.nspname AS schema, d.defaclobjtype::text AS kind
FROM pg_default_acl AS d
JOIN pg_roles AS owner ON owner.oid = d.defaclrole
LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
LEFT JOIN aclexplode(d.defaclacl) WITH ORDINALITY AS acl ON true
LEFT JOIN pg_roles AS grantee ON grantee.oid = acl.grantee
WHERE acl.grantee IS NULL OR acl.grantee = 0 OR grantee.oid IS NOT NULL
ORDER BY 4, 5, 6, acl.ordinality
"""

_KINDS = {
    "r": "TABLES",
    "S": "SEQUENCES",
    "f": "FUNCTIONS",
    "T": "TYPES",
    "n": "SCHEMAS",
    "L": "LARGE OBJECTS",
}


@dataclass(frozen=True, slots=True)
class Granted:
    """One privilege in a list; no grantee means PUBLIC, no privilege means that the list is empty."""

    grantee: str | None
    privilege: str | None
    grantable: bool | None


@dataclass(frozen=True, slots=True)
class _Default(Granted):
    owner: str
    schema: str | None
    kind: str


def copy_public_schema(live: psycopg.Connection, scratch: psycopg.Connection) -> None:
    """Gives schema public live's owner, privileges and comment; drops it if live has none."""
    query = """
        SELECT r.rolname, obj_description(n.oid, 'pg_namespace')
        FROM pg_namespace AS n JOIN pg_roles AS r ON r.oid = n.nspowner
        WHERE n.nspname = 'public'
    """
    row = live.cursor(row_factory=tuple_row).execute(query).fetchone()
    if row is None:
        scratch.execute("DROP SCHEMA IF EXISTS public")
        return
    owner, comment = row
    scratch.execute("CREATE SCHEMA IF NOT EXISTS public")
    if _exists(scratch, owner):
        scratch.execute(SQL("ALTER SCHEMA public OWNER TO {}").format(Identifier(owner)))
    scratch.execute(SQL("COMMENT ON SCHEMA public IS {}").format(comment))
    for granted in _of_public(scratch):
        scratch.execute(SQL("REVOKE ALL ON SCHEMA public FROM {}").format(_grantee(granted)))
    for granted in _of_public(live):
        if _can_be_granted(scratch, granted):
            scratch.execute(_grant(granted, SQL("SCHEMA public")))


def copy_default_privileges(live: psycopg.Connection, scratch: psycopg.Connection) -> None:
    """Copies default privileges: the global ones, and those of schemas that exist in the scratch database."""
    schemas = {name for (name,) in scratch.cursor(row_factory=tuple_row).execute("SELECT nspname FROM pg_namespace")}
    lists: dict[tuple[str, str | None, str], list[_Default]] = defaultdict(list)
    for default in (_Default(*row) for row in live.cursor(row_factory=tuple_row).execute(_DEFAULTS)):
        lists[default.owner, default.schema, default.kind].append(default)
    for (owner, schema, kind), defaults in lists.items():
        if kind in _KINDS and _exists(scratch, owner) and (schema is None or schema in schemas):
            for query in _default_list(scratch, owner, schema, defaults):
                scratch.execute(query)


def _of_public(database: psycopg.Connection) -> list[Granted]:
    return [Granted(*row) for row in database.cursor(row_factory=tuple_row).execute(_PUBLIC_SCHEMA)]


def _default_list(
    scratch: psycopg.Connection, owner: str, schema: str | None, defaults: Iterable[_Default]
) -> Iterator[Composed]:
    """A global list replaces the built-in default privileges, a schema's list adds to them."""
    head = SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} ").format(Identifier(owner))
    if schema is not None:
        head += SQL("IN SCHEMA {} ").format(Identifier(schema))
    for position, default in enumerate(defaults):
        target = SQL(_KINDS[default.kind])
        if position == 0 and schema is None:
            yield head + SQL("REVOKE ALL ON {} FROM PUBLIC, {}").format(target, Identifier(owner))
        if default.privilege is not None and _can_be_granted(scratch, default):
            yield head + _grant(default, target)


def _grant(granted: Granted, target: Composable) -> Composed:
    query = SQL("GRANT {} ON {} TO {}").format(SQL(granted.privilege or "ALL"), target, _grantee(granted))
    return query + SQL(" WITH GRANT OPTION") if granted.grantable else query


def _grantee(granted: Granted) -> Composable:
    return SQL("PUBLIC") if granted.grantee is None else Identifier(granted.grantee)


def _can_be_granted(scratch: psycopg.Connection, granted: Granted) -> bool:
    if granted.privilege == "MAINTAIN" and scratch.info.server_version < HAS_MAINTAIN:
        return False
    return granted.grantee is None or _exists(scratch, granted.grantee)


def _exists(scratch: psycopg.Connection, role: str) -> bool:
    query = "SELECT FROM pg_roles WHERE rolname = %s"
    return scratch.cursor(row_factory=tuple_row).execute(query, [role]).fetchone() is not None
