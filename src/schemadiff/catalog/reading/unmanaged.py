"""What stands in scope and is of no known kind: named in every plan, never passed over."""

from collections.abc import Container
from dataclasses import dataclass

from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.kinds.shared.membership import of_no_extension


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the objects of a kind are found: the system catalog, its schema and owner columns, which rows."""

    catalog: str
    schema: str | None = None
    owner: str | None = None
    rows: str = "true"


FREE_STANDING = "(SELECT relkind FROM pg_catalog.pg_class AS c WHERE c.oid = typrelid) = 'c'"
PLACES = {
    "table": _Place("pg_class", "relnamespace", rows="relkind IN ('r', 'p')"),
    "foreign table": _Place("pg_class", "relnamespace", rows="relkind = 'f'"),
    "view": _Place("pg_class", "relnamespace", rows="relkind = 'v'"),
    "materialized view": _Place("pg_class", "relnamespace", rows="relkind = 'm'"),
    "sequence": _Place("pg_class", "relnamespace", rows="relkind = 'S'"),
    "composite type": _Place("pg_type", "typnamespace", rows=f"typtype = 'c' AND {FREE_STANDING}"),
    "base type": _Place("pg_type", "typnamespace", rows="typtype = 'b' AND typelem = 0 AND typisdefined"),
    "shell type": _Place("pg_type", "typnamespace", rows="NOT typisdefined"),
    "enum": _Place("pg_type", "typnamespace", rows="typtype = 'e'"),
    "domain": _Place("pg_type", "typnamespace", rows="typtype = 'd'"),
    "range type": _Place("pg_type", "typnamespace", rows="typtype = 'r'"),
    "function": _Place("pg_proc", "pronamespace", rows="prokind IN ('f', 'w')"),
    "procedure": _Place("pg_proc", "pronamespace", rows="prokind = 'p'"),
    "aggregate": _Place("pg_proc", "pronamespace", rows="prokind = 'a'"),
    "collation": _Place("pg_collation", "collnamespace"),
    "conversion": _Place("pg_conversion", "connamespace"),
    "operator": _Place("pg_operator", "oprnamespace", rows="oprcode <> 0"),
    "operator class": _Place("pg_opclass", "opcnamespace"),
    "operator family": _Place("pg_opfamily", "opfnamespace"),
    "statistics object": _Place("pg_statistic_ext", "stxnamespace"),
    "text search configuration": _Place("pg_ts_config", "cfgnamespace"),
    "text search dictionary": _Place("pg_ts_dict", "dictnamespace"),
    "text search parser": _Place("pg_ts_parser", "prsnamespace"),
    "text search template": _Place("pg_ts_template", "tmplnamespace"),
    "access method": _Place("pg_am"),
    "cast": _Place("pg_cast"),
    "event trigger": _Place("pg_event_trigger", owner="evtowner"),
    "foreign-data wrapper": _Place("pg_foreign_data_wrapper", owner="fdwowner"),
    "language": _Place("pg_language", owner="lanowner"),
    "publication": _Place("pg_publication", owner="pubowner"),
    "server": _Place("pg_foreign_server", owner="srvowner"),
    "subscription": _Place("pg_subscription", owner="subowner", rows="subdbid = (SELECT oid FROM here)"),
    "transform": _Place("pg_transform"),
    "relation": _Place("pg_class", "relnamespace", rows="relkind <> ALL('{r,p,i,I,S,t,v,m,c,f}'::\"char\"[])"),
    "type": _Place("pg_type", "typnamespace", rows="typtype NOT IN ('b', 'c', 'd', 'e', 'm', 'p', 'r')"),
    "routine": _Place("pg_proc", "pronamespace", rows="prokind NOT IN ('f', 'w', 'p', 'a')"),
}
"""Kinds as `pg_identify_object().type` calls them, types by what they are.

What is a part of another object (column, constraint, index, trigger, policy, rule, member of a family) is
named with it. Source: Postgres docs, "System Catalogs".
"""

HANGING_ON_SCHEMAS = {"pg_default_acl", "pg_extension", "pg_publication_namespace"}
"""System catalogs whose rows name a schema and do not stand in it."""


UNSEEN = f"""
        SELECT 'options of user mapping', format('FOR %%I SERVER %%I', r.rolname, s.srvname)
        FROM pg_catalog.pg_user_mappings AS u
        JOIN pg_catalog.pg_foreign_server AS s ON s.oid = u.srvid
        JOIN pg_catalog.pg_roles AS r ON r.oid = u.umuser
        WHERE u.umuser <> s.srvowner AND pg_get_userbyid(s.srvowner) <> ALL(%(roles)s)
          AND {of_no_extension("pg_foreign_server", "s.oid")}
"""
"""What only the role that it is about sees: compared by nobody, since two servers would show different parts."""


def _selection(kind: str, place: _Place) -> str:
    mine = f"{place.schema} = ANY(%(schemas)s)" if place.schema else "oid >= 16384"
    if place.owner:
        mine += f" AND pg_get_userbyid({place.owner}) <> ALL(%(roles)s)"
    return (
        f"SELECT '{kind}' AS kind, '{place.catalog}'::regclass AS classid, oid AS objid\n"
        f"FROM pg_catalog.{place.catalog} WHERE {mine} AND {place.rows}"
    )


def _of_other_catalogs() -> str:
    """What stands in our schemas and in a system catalog that is not named here."""
    homes = {place.catalog for place in PLACES.values() if place.schema}
    named = ", ".join(f"'{name}'" for name in sorted(homes | HANGING_ON_SCHEMAS))
    return (
        "SELECT 'object' AS kind, classid::regclass AS classid, objid FROM pg_catalog.pg_depend\n"
        "WHERE refclassid = 'pg_namespace'::regclass AND refobjid = ANY(%(schemas)s) AND objsubid = 0\n"
        f"AND classid::regclass::text NOT IN ({named})"
    )


def unmanaged_query(known: Container[str]) -> str:
    """Finds kind and name of each object in scope whose kind is not `known`.

    Parameters are those of the kinds' own queries.
    """
    strangers = [_selection(kind, place) for kind, place in PLACES.items() if kind not in known]
    return f"""
        WITH here AS (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()),
             found AS ({" UNION ALL ".join([_of_other_catalogs(), *strangers])})
        SELECT f.kind, o.identity
        FROM found AS f
        CROSS JOIN LATERAL pg_catalog.pg_identify_object(f.classid, f.objid, 0) AS o
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                          WHERE e.classid = f.classid AND e.objid = f.objid AND e.deptype IN ('e', 'i'))
        UNION ALL {UNSEEN}
        ORDER BY 1, 2
    """


UNMANAGED = unmanaged_query(BY_NAME)
