"""What stands in scope and is of no known kind: named in every plan, never passed over."""

from dataclasses import dataclass

from schemadiff.catalog.kinds import BY_NAME


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the objects of a kind are found: the system catalog, its schema and owner columns, which rows."""

    catalog: str
    schema: str | None = None
    owner: str | None = None
    rows: str = "true"


PLACES = {
    "table": _Place("pg_class", "relnamespace", rows="relkind IN ('r', 'p')"),
    "foreign table": _Place("pg_class", "relnamespace", rows="relkind = 'f'"),
    "view": _Place("pg_class", "relnamespace", rows="relkind = 'v'"),
    "materialized view": _Place("pg_class", "relnamespace", rows="relkind = 'm'"),
    "sequence": _Place("pg_class", "relnamespace", rows="relkind = 'S'"),
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
}
"""Kinds as `pg_identify_object().type` calls them, types by what they are.

What is a part of another object (column, constraint, index, trigger, policy, rule, member of a family) is
named with it. Source: Postgres docs, "System Catalogs".
"""


def _selection(kind: str, place: _Place) -> str:
    mine = f"{place.schema} = ANY(%(schemas)s)" if place.schema else "oid >= 16384"
    if place.owner:
        mine += f" AND pg_get_userbyid({place.owner}) <> ALL(%(roles)s)"
    return (
        f"SELECT '{kind}' AS kind, '{place.catalog}'::regclass AS classid, oid AS objid\n"
        f"FROM pg_catalog.{place.catalog} WHERE {mine} AND {place.rows}"
    )


def _query() -> str:
    unknown = [_selection(kind, place) for kind, place in PLACES.items() if kind not in BY_NAME]
    nothing = "SELECT NULL::text AS kind, NULL::regclass AS classid, NULL::oid AS objid WHERE false"
    return f"""
        WITH here AS (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()),
             found AS ({" UNION ALL ".join([nothing, *unknown])})
        SELECT f.kind, o.identity
        FROM found AS f
        CROSS JOIN LATERAL pg_catalog.pg_identify_object(f.classid, f.objid, 0) AS o
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                          WHERE e.classid = f.classid AND e.objid = f.objid AND e.deptype IN ('e', 'i'))
        ORDER BY f.kind, o.identity
    """


UNMANAGED = _query()
"""Returns kind and name of each stranger; parameters as the kinds' own queries."""
