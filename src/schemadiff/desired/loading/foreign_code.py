"""Code of files and of live that a superuser's statement would run, although it does not show in the statement."""

from typing import cast

import psycopg
from psycopg.errors import InsufficientPrivilege

from schemadiff.desired.reading.parse_tree import Tree, listed, options, word
from schemadiff.scratch.superuser_session import at_path

_VALIDATED = frozenset(
    {
        "AlterFdwStmt",
        "AlterForeignServerStmt",
        "AlterTableStmt",
        "AlterUserMappingStmt",
        "CreateFdwStmt",
        "CreateForeignServerStmt",
        "CreateForeignTableStmt",
        "CreateUserMappingStmt",
    }
)
"""Statements whose options the validator of a foreign-data wrapper looks at."""

_SCRIPTS = frozenset({"CreateExtensionStmt", "AlterExtensionStmt"})

_INTERPRETED = """
SELECT p.proname FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang AND l.lanname NOT IN ('internal', 'c')
WHERE p.proname = ANY (%s) OR EXISTS (SELECT FROM pg_catalog.pg_foreign_data_wrapper AS w WHERE w.fdwvalidator = p.oid)
LIMIT 1
"""

_SEEN_BY_SCRIPT = """
WITH available AS (
    SELECT a.schema, a.requires FROM pg_catalog.pg_available_extension_versions AS a WHERE a.name = %(name)s
), schemas AS (
    SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_extension AS e
                     JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = %(name)s),
                    (SELECT max(a.schema::text) FROM available AS a), %(schema)s)::text AS name
    UNION
    SELECT n.nspname::text FROM available AS a CROSS JOIN unnest(a.requires) AS r (name)
    JOIN pg_catalog.pg_extension AS e ON e.extname = r.name
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
), found AS (
    SELECT 'function ' || p.oid::regprocedure::text, p.tableoid, p.oid, p.pronamespace, p.proowner
    FROM pg_catalog.pg_proc AS p
    WHERE p.oid >= 16384 AND EXISTS (SELECT FROM pg_catalog.pg_proc AS s
                                     WHERE s.proname = p.proname AND s.pronamespace = 'pg_catalog'::regnamespace)
    UNION ALL
    SELECT 'operator ' || o.oid::regoperator::text, o.tableoid, o.oid, o.oprnamespace, o.oprowner
    FROM pg_catalog.pg_operator AS o
    WHERE o.oid >= 16384 AND EXISTS (SELECT FROM pg_catalog.pg_operator AS s
                                     WHERE s.oprname = o.oprname AND s.oprnamespace = 'pg_catalog'::regnamespace)
)
SELECT f.words FROM found AS f (words, catalog, oid, namespace, owner)
JOIN pg_catalog.pg_namespace AS n ON n.oid = f.namespace
JOIN schemas AS s ON s.name = n.nspname
JOIN pg_catalog.pg_roles AS r ON r.oid = f.owner AND NOT r.rolsuper
WHERE pg_catalog.pg_has_role(%(role)s::name, f.owner, 'MEMBER') OR NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS e WHERE e.classid = f.catalog AND e.objid = f.oid AND e.deptype = 'e')
ORDER BY 1 LIMIT 1
"""
"""What an extension's script might take for one of the system's, since its arguments fit better."""

_SYSTEMS_CASTS = """
SELECT c.castsource::regtype::text, c.casttarget::regtype::text FROM pg_catalog.pg_cast AS c
WHERE c.xmin = pg_catalog.pg_current_xact_id()::xid
  AND (c.castmethod = 'b' OR (c.castmethod = 'f' AND c.castsource < 16384 AND c.casttarget < 16384))
"""
"""Casts that a transaction made between types of the system, unless by way of text; and those without a function."""


def refuse_surroundings(admin: psycopg.Connection, tag: str, tree: Tree, role: str | None, search_path: str) -> None:
    """Raise InsufficientPrivilege where a statement would run code that was there before.

    Members of extensions are trusted unless `role`, whose statement it is, can have made them.
    """
    if tag in _VALIDATED and (row := admin.execute(_INTERPRETED, [_named_validators(tree)]).fetchone()):
        raise InsufficientPrivilege(f'function "{row[0]}" would check the options of foreign objects as superuser')
    if tag in _SCRIPTS:
        name, schema = str(tree.get("extname")), _schema(admin, tree, search_path)
        parameters = {"name": name, "schema": schema, "role": role}
        if row := admin.execute(_SEEN_BY_SCRIPT, parameters).fetchone():
            raise InsufficientPrivilege(
                f"the script of extension {name} could take {row[0]} for one of the system's: "
                "create the extension in another schema"
            )


def refuse_results(admin: psycopg.Connection, tag: str) -> None:
    """Raise InsufficientPrivilege where a statement has made what is used without being named."""
    if tag == "CreateCastStmt" and (row := admin.execute(_SYSTEMS_CASTS).fetchone()):
        raise InsufficientPrivilege(
            f"a cast from {row[0]} to {row[1]} would change what statements of others mean, or how bytes are read: "
            "write WITH INOUT, or leave it alone with the setting exclude"
        )


def _named_validators(tree: Tree) -> list[str]:
    """The names, without schema, of the functions that a wrapper is to have."""
    arguments = [option["DefElem"].get("arg") for option in listed(tree, "func_options")]
    lists = [listed(cast(dict[str, Tree], argument)["List"], "items") for argument in arguments if argument]
    return [str(names[-1]["String"].get("sval")) for names in lists]


def _schema(admin: psycopg.Connection, tree: Tree, search_path: str) -> str | None:
    """The schema in which a statement creates an extension that does not choose one itself."""
    named = dict(options(tree)).get("schema")
    if named is not None:
        return str(named["String"].get("sval")) if "String" in named else word(named)
    with at_path(admin, search_path):
        row = admin.execute("SELECT pg_catalog.current_schema()").fetchone()
    return None if row is None else row[0]
