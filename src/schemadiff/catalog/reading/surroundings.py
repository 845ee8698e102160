"""Reads what stands around the objects in scope: roles, schemas and relations of the platform."""

from collections.abc import Iterable, Mapping, Sequence

import psycopg
from psycopg.rows import tuple_row

from schemadiff.catalog.kinds.privilege.acl import parse_acl
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.catalog.surroundings import ForeignRelation, Grants, RoleFacts, Surroundings
from schemadiff.catalog.versions import HAS_MEMBERSHIP_OPTIONS
from schemadiff.errors import InspectionError

_ROLES = "SELECT quote_ident(rolname), rolsuper, rolbypassrls FROM pg_catalog.pg_roles"

_MEMBERSHIPS = """
SELECT DISTINCT quote_ident(r.rolname), quote_ident(u.rolname)
FROM pg_catalog.pg_auth_members AS m
JOIN pg_catalog.pg_roles AS r ON r.oid = m.roleid
JOIN pg_catalog.pg_roles AS u ON u.oid = m.member
WHERE {inherits}
"""

_SCHEMAS = """
SELECT nspname, quote_ident(nspname), coalesce(nspacl, acldefault('n', nspowner))::text[]
FROM pg_catalog.pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
"""

_RELATIONS = """
SELECT pg_catalog.format('%%I.%%I', n.nspname, c.relname),
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                      ELSE 'table' END,
       pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)),
       coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))::text[], c.relrowsecurity, c.relforcerowsecurity,
       (SELECT pg_catalog.jsonb_object_agg(pg_catalog.quote_ident(a.attname), pg_catalog.to_jsonb(a.attacl::text[]))
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""

_EXPOSED = """
SELECT coalesce(
    nullif(pg_catalog.current_setting('pgrst.db_schemas', true), ''),
    (SELECT pg_catalog.split_part(s.setting, '=', 2)
     FROM pg_catalog.pg_db_role_setting AS r
     JOIN pg_catalog.pg_roles AS u ON u.oid = r.setrole AND u.rolname = 'authenticator'
     CROSS JOIN LATERAL pg_catalog.unnest(r.setconfig) AS s (setting)
     WHERE s.setting LIKE 'pgrst.db\\_schemas=%'
       AND r.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d
                                 WHERE d.datname = pg_catalog.current_database()))
     ORDER BY r.setdatabase DESC LIMIT 1))
"""


def read_surroundings(
    connection: psycopg.Connection, scope: Scope, exposed_by_files: tuple[str, ...] | None = None
) -> Surroundings:
    """What stands around the objects in `scope`, which only catalogs that everybody may read tell.

    Where the database does not say which schemas an API serves, `exposed_by_files` are they. Errors: InspectionError.
    """
    inherits = "m.inherit_option" if connection.info.server_version >= HAS_MEMBERSHIP_OPTIONS else "u.rolinherit"
    try:
        with connection.cursor(row_factory=tuple_row) as cursor:
            roles = cursor.execute(_ROLES).fetchall()
            memberships = cursor.execute(_MEMBERSHIPS.format(inherits=inherits).encode()).fetchall()
            schemas = [row for row in cursor.execute(_SCHEMAS) if not scope.holds_schema(row[0])]
            relations = cursor.execute(_RELATIONS, [[name for name, *_ in schemas]]).fetchall()
            extensions = cursor.execute("SELECT quote_ident(extname) FROM pg_catalog.pg_extension").fetchall()
            (exposed,) = cursor.execute(_EXPOSED).fetchone() or (None,)
    except psycopg.Error as error:
        raise InspectionError(f"cannot read the catalog: {error}; is the role allowed to read it?") from error
    return Surroundings(
        roles={Quoted(name): RoleFacts(superuser, bypasses) for name, superuser, bypasses in roles},
        memberships=tuple((Quoted(role), Quoted(member)) for role, member in memberships),
        schemas={Quoted(name): _grants(acl) for _, name, acl in schemas},
        relations={Quoted(name): _relation(values) for name, *values in relations},
        exposed=_served(exposed, exposed_by_files),
        extensions=frozenset(Quoted(name) for (name,) in extensions),
    )


def _relation(values: Sequence[object]) -> ForeignRelation:
    kind, owner, acl, secured, forced, columns = values
    assert isinstance(acl, list) and isinstance(columns, dict | None)
    granted: Mapping[Quoted, Grants] = {Quoted(name): _grants(items) for name, items in (columns or {}).items()}
    return ForeignRelation(str(kind), Quoted(str(owner)), _grants(acl), bool(secured), bool(forced), granted)


def _grants(acl: Iterable[str]) -> Grants:
    parsed = parse_acl(list(acl))
    return {grantee: frozenset(name.rstrip("*") for name in names) for grantee, names in parsed.items()}


def _served(setting: object, by_files: tuple[str, ...] | None) -> tuple[Quoted, ...] | None:
    if setting is not None:
        return _names(str(setting))
    return None if by_files is None else tuple(map(quote_ident, by_files))


def _names(setting: str) -> tuple[Quoted, ...]:
    """A list of schemas as PostgREST is told."""
    return tuple(quote_ident(name.strip().strip('"')) for name in setting.split(",") if name.strip())
