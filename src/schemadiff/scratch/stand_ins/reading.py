"""Asking live what its extensions own."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg
from psycopg.rows import tuple_row

from schemadiff.catalog.sql import Quoted
from schemadiff.scratch.stand_ins.members import (
    Installed,
    MemberClass,
    MemberOperator,
    MemberRelation,
    MemberRoutine,
    Members,
    MemberType,
)

T = TypeVar("T")

_INSTALLED = """
SELECT e.oid::int8 AS oid, e.extname AS name, e.extversion AS version, pg_catalog.quote_ident(n.nspname) AS schema,
       e.extrelocatable AS relocatable,
       n.nspname = 'pg_catalog' OR EXISTS (
           SELECT FROM pg_catalog.pg_available_extension_versions AS v
           WHERE v.name = e.extname AND v.version = e.extversion AND v.schema = n.nspname) OR EXISTS (
           SELECT FROM pg_catalog.pg_depend AS d
           WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid
             AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.refobjid = e.oid
             AND d.deptype = 'e') AS fixed,
       a.comment
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
LEFT JOIN pg_catalog.pg_available_extensions AS a ON a.name = e.extname
ORDER BY e.oid
"""

_OF_EXTENSION = r"""
JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.\1'::pg_catalog.regclass AND d.objid = \2.oid
 AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
 AND d.refobjid = %(owner)s::oid
"""

_OF_SCHEMAS = r"""
JOIN pg_catalog.pg_namespace AS own ON own.oid = \2.\3 AND own.nspname = ANY (%(owner)s::name[])
 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                 WHERE d.classid = 'pg_catalog.\1'::pg_catalog.regclass AND d.objid = \2.oid AND d.deptype = 'e')
"""

_OWNED = re.compile(r"<(\w+) (\w+) (\w+)>")


def _owned(catalog: str, alias: str, namespace: str = "oid") -> str:
    """Where a query asks whose the row `alias` of a system catalog is, which lies in the schema `namespace`."""
    return f"<{catalog} {alias} {namespace}>"


_SCHEMAS = f"""
SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_namespace AS n {_owned("pg_namespace", "n")} ORDER BY n.oid
"""

_TYPES = f"""
SELECT pg_catalog.format('%%I.%%I', n.nspname, t.typname) AS name, t.typtype::text AS kind,
       CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
                      WHEN 'r' THEN (SELECT pg_catalog.format_type(r.rngsubtype, NULL) FROM pg_catalog.pg_range AS r
                                     WHERE r.rngtypid = t.oid) END AS base,
       (SELECT pg_catalog.format('%%I.%%I', mn.nspname, m.typname) FROM pg_catalog.pg_range AS r
        JOIN pg_catalog.pg_type AS m ON m.oid = r.rngmultitypid
        JOIN pg_catalog.pg_namespace AS mn ON mn.oid = m.typnamespace
        WHERE r.rngtypid = t.oid) AS multirange,
       CASE t.typtype
         WHEN 'e' THEN ARRAY(SELECT pg_catalog.quote_literal(l.enumlabel) FROM pg_catalog.pg_enum AS l
                             WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder)
         WHEN 'c' THEN ARRAY(SELECT pg_catalog.format('%%I %%s', a.attname,
                                                      pg_catalog.format_type(a.atttypid, a.atttypmod))
                             FROM pg_catalog.pg_attribute AS a
                             WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                             ORDER BY a.attnum)
         ELSE '{{}}'::text[] END AS parts,
       ARRAY[t.typinput::oid::int8, t.typoutput::oid::int8, t.typmodin::oid::int8, t.typmodout::oid::int8] AS functions,
       ARRAY(SELECT DISTINCT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute AS a
             WHERE a.atttypid = t.oid AND a.atttypmod >= 0) AS modifiers,
       t.typstorage::text AS storage, t.typcollation <> 0 AS collatable
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
{_owned("pg_type", "t", "typnamespace")}
WHERE t.typtype IN ('b', 'c', 'd', 'e', 'r')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS e WHERE e.typarray = t.oid)
  AND (t.typtype <> 'c' OR EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
ORDER BY t.oid
"""

_OF_THE_SERVER = (
    "cstring, _cstring, internal, language_handler, index_am_handler, table_am_handler, fdw_handler, tsm_handler, "
    "pg_ddl_command"
)

_ROUTINES = f"""
SELECT p.oid::int8 AS oid, pg_catalog.format('%%I.%%I', n.nspname, p.proname) AS name, p.prokind::text AS kind,
       ARRAY(SELECT coalesce(p.proargmodes[a.place]::text, 'i')
             FROM pg_catalog.generate_series(1, pg_catalog.cardinality(args.types)) AS a(place)
             ORDER BY a.place) AS modes,
       ARRAY(SELECT coalesce(pg_catalog.quote_ident(nullif(p.proargnames[a.place], '')), '')
             FROM pg_catalog.generate_series(1, pg_catalog.cardinality(args.types)) AS a(place)
             ORDER BY a.place) AS names,
       ARRAY(SELECT pg_catalog.format_type(a.type, NULL)
             FROM pg_catalog.unnest(args.types) WITH ORDINALITY AS a(type, place) ORDER BY a.place) AS types,
       p.pronargdefaults::int4 AS optional, pg_catalog.format_type(p.prorettype, NULL) AS result,
       p.proretset AS returns_set, p.provolatile::text AS volatility, p.proisstrict AS strict,
       CASE WHEN rn.nspname = 'pg_catalog' THEN r.typname ELSE '' END::text AS result_kind,
       EXISTS (SELECT FROM pg_catalog.unnest(args.types || p.prorettype) AS a(type)
               JOIN pg_catalog.pg_type AS u ON u.oid = a.type
               WHERE u.typname = ANY (pg_catalog.string_to_array('{_OF_THE_SERVER}', ', '))) AS internal
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_type AS r ON r.oid = p.prorettype
JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.typnamespace
CROSS JOIN LATERAL (
    SELECT coalesce(p.proallargtypes, ARRAY(SELECT u.type FROM pg_catalog.unnest(p.proargtypes)
                                            WITH ORDINALITY AS u(type, place) ORDER BY u.place))::oid[] AS types
) AS args
{_owned("pg_proc", "p", "pronamespace")}
ORDER BY p.oid
"""

_OPERATORS = f"""
SELECT pg_catalog.quote_ident(n.nspname) AS schema, o.oprname::text AS symbol,
       CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END AS left,
       CASE WHEN o.oprright = 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END AS right,
       pg_catalog.format('%%I.%%I', pn.nspname, p.proname) AS function
FROM pg_catalog.pg_operator AS o
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
JOIN pg_catalog.pg_proc AS p ON p.oid = o.oprcode
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.pronamespace
{_owned("pg_operator", "o", "oprnamespace")}
ORDER BY o.oid
"""

_CASTS = f"""
SELECT pg_catalog.format_type(c.castsource, NULL), pg_catalog.format_type(c.casttarget, NULL), c.castcontext::text
FROM pg_catalog.pg_cast AS c
{_owned("pg_cast", "c")}
WHERE c.castsource <> c.casttarget
ORDER BY c.oid
"""

_METHODS = f"""
SELECT pg_catalog.quote_ident(m.amname), m.amtype::text, pg_catalog.format('%%I.%%I', n.nspname, p.proname)
FROM pg_catalog.pg_am AS m
JOIN pg_catalog.pg_proc AS p ON p.oid = m.amhandler
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
{_owned("pg_am", "m")}
ORDER BY m.oid
"""

_CLASSES = f"""
SELECT pg_catalog.format('%%I.%%I', n.nspname, c.opcname) AS name, pg_catalog.format_type(c.opcintype, NULL) AS type,
       pg_catalog.quote_ident(m.amname) AS method, c.opcdefault AS "default",
       ARRAY(SELECT pg_catalog.format('OPERATOR %%s %%I.%%s (%%s, %%s)', o.amopstrategy, pn.nspname, op.oprname,
                                      pg_catalog.format_type(o.amoplefttype, NULL),
                                      pg_catalog.format_type(o.amoprighttype, NULL))
             FROM pg_catalog.pg_amop AS o
             JOIN pg_catalog.pg_operator AS op ON op.oid = o.amopopr
             JOIN pg_catalog.pg_namespace AS pn ON pn.oid = op.oprnamespace
             WHERE o.amopfamily = c.opcfamily AND o.amoppurpose = 's' AND o.amoplefttype = c.opcintype
             ORDER BY o.amopstrategy, o.oid) AS items,
       uses.names AS uses, uses.functions AS functions
FROM pg_catalog.pg_opclass AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.opcnamespace
JOIN pg_catalog.pg_am AS m ON m.oid = c.opcmethod
{_owned("pg_opclass", "c", "opcnamespace")}
CROSS JOIN LATERAL (
    SELECT coalesce(pg_catalog.array_agg(u.name ORDER BY u.name, u.function), '{{}}') AS names,
           coalesce(pg_catalog.array_agg(u.function ORDER BY u.name, u.function), '{{}}') AS functions
    FROM (SELECT 'operator ' || o.amopstrategy AS name, op.oprcode::oid::int8 AS function
          FROM pg_catalog.pg_amop AS o JOIN pg_catalog.pg_operator AS op ON op.oid = o.amopopr
          WHERE o.amopfamily = c.opcfamily AND o.amoplefttype = c.opcintype AND o.amoprighttype = c.opcintype
            AND o.amoppurpose = 's'
          UNION ALL
          SELECT 'function ' || a.amprocnum, a.amproc::oid::int8
          FROM pg_catalog.pg_amproc AS a
          WHERE a.amprocfamily = c.opcfamily AND a.amproclefttype = c.opcintype
            AND a.amprocrighttype = c.opcintype) AS u
) AS uses
ORDER BY c.oid
"""

_RELATIONS = f"""
SELECT pg_catalog.format('%%I.%%I', n.nspname, c.relname) AS name, c.relkind::text AS kind,
       ARRAY(SELECT pg_catalog.quote_ident(a.attname) FROM pg_catalog.pg_attribute AS a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
       ARRAY(SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute AS a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS types,
       ARRAY(SELECT CASE k.contype WHEN 'p' THEN 'PRIMARY KEY (' ELSE 'UNIQUE (' END
                    || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY u.place)
                        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u(number, place)
                        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.number) || ')'
             FROM pg_catalog.pg_constraint AS k
             WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u') ORDER BY k.oid) AS keys,
       pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) AS owner
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
{_owned("pg_class", "c", "relnamespace")}
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
ORDER BY c.oid
"""

_LANGUAGES = f"""
SELECT pg_catalog.quote_ident(l.lanname), l.lanpltrusted FROM pg_catalog.pg_language AS l {_owned("pg_language", "l")}
ORDER BY l.oid
"""

_WRAPPERS = f"""
SELECT pg_catalog.quote_ident(w.fdwname) FROM pg_catalog.pg_foreign_data_wrapper AS w
{_owned("pg_foreign_data_wrapper", "w")} ORDER BY w.oid
"""

_GRANTS = f"""
SELECT g.kind, g.name, r.rolname::text, a.privilege_type, a.is_grantable
FROM (SELECT 'SCHEMA' AS kind, pg_catalog.quote_ident(n.nspname) AS name, n.nspacl AS acl, n.nspowner AS owner
      FROM pg_catalog.pg_namespace AS n {_owned("pg_namespace", "n")}
      UNION ALL
      SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
             pg_catalog.format('%%I.%%I', n.nspname, c.relname), c.relacl, c.relowner
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace {_owned("pg_class", "c", "relnamespace")}
      WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
      UNION ALL
      SELECT 'ROUTINE', pg_catalog.format('%%I.%%I(%%s)', n.nspname, p.proname,
                                          pg_catalog.oidvectortypes(p.proargtypes)), p.proacl, p.proowner
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace {_owned("pg_proc", "p", "pronamespace")}) AS g
CROSS JOIN LATERAL pg_catalog.aclexplode(g.acl) AS a
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
WHERE a.grantee <> g.owner AND (a.grantee = 0 OR r.oid IS NOT NULL)
ORDER BY 1, 2, 3, 4
"""


def installed_extensions(live: psycopg.Connection) -> tuple[Installed, ...]:
    """The extensions of live, in the order in which they were created."""
    rows = live.cursor(row_factory=tuple_row).execute(_INSTALLED)
    return tuple(Installed(*row) for row in rows)


def members_of(live: psycopg.Connection, extension: Installed) -> Members:
    """What live says that an extension owns."""
    return _members(live, _OF_EXTENSION, extension.oid, whole=True)


def held_by(database: psycopg.Connection, schemas: Sequence[str]) -> Members:
    """What lies in schemas without belonging to an extension: types, routines, relations."""
    return _members(database, _OF_SCHEMAS, list(schemas), whole=False)


def _members(database: psycopg.Connection, owned: str, owner: object, *, whole: bool) -> Members:
    parameters = {"owner": owner}

    def asked(query: str) -> list[list[object]]:
        text = _OWNED.sub(owned, query).encode()
        found = database.cursor(row_factory=tuple_row).execute(text, parameters).fetchall()
        return [[tuple(value) if isinstance(value, list) else value for value in row] for row in found]

    def rows(query: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in asked(query)] if whole or query in (_SCHEMAS, _GRANTS) else []

    def objects(cls: Callable[..., T], query: str) -> list[T]:
        return [cls(*row) for row in asked(query)]

    return Members(
        schemas=tuple(Quoted(str(name)) for (name,) in rows(_SCHEMAS)),
        types=tuple(objects(MemberType, _TYPES)),
        routines=tuple(objects(MemberRoutine, _ROUTINES)),
        operators=tuple(objects(MemberOperator, _OPERATORS)) if whole else (),
        casts=tuple(rows(_CASTS)),  # type: ignore[arg-type]
        methods=tuple(rows(_METHODS)),  # type: ignore[arg-type]
        classes=tuple(objects(MemberClass, _CLASSES)) if whole else (),
        relations=tuple(objects(MemberRelation, _RELATIONS)),
        languages=tuple(rows(_LANGUAGES)),  # type: ignore[arg-type]
        wrappers=tuple(Quoted(str(name)) for (name,) in rows(_WRAPPERS)),
        grants=tuple(rows(_GRANTS)),  # type: ignore[arg-type]
    )
