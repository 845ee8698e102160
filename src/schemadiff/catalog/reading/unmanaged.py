"""Objects in scope of no known kind: every plan names them."""

from collections.abc import Container

from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.kinds.shared.membership import of_no_extension

_PLACES = {name: (cls.CATALOG, cls.PLACE) for name, cls in BY_NAME.items() if cls.PLACE} | {
    "relation": ("pg_class", Place("relnamespace", rows="relkind <> ALL('{r,p,i,I,S,t,v,m,c,f}'::\"char\"[])")),
    "type": ("pg_type", Place("typnamespace", rows="typtype NOT IN ('b', 'c', 'd', 'e', 'm', 'p', 'r')")),
    "routine": ("pg_proc", Place("pronamespace", rows="prokind NOT IN ('f', 'w', 'p', 'a')")),
}
"""Kind to its system catalog and where its objects are in it; the last three are what later servers may add.

Types are called what they are, others as `pg_identify_object().type` calls them.
"""

HANGING_ON_SCHEMAS = {"pg_default_acl", "pg_extension", "pg_publication_namespace"}
"""System catalogs whose rows name a schema without being in it."""


UNSEEN = f"""
        SELECT 'options of user mapping', format('FOR %%I SERVER %%I', r.rolname, s.srvname)
        FROM pg_catalog.pg_user_mappings AS u
        JOIN pg_catalog.pg_foreign_server AS s ON s.oid = u.srvid
        JOIN pg_catalog.pg_roles AS r ON r.oid = u.umuser
        WHERE u.umuser <> s.srvowner AND pg_get_userbyid(s.srvowner) <> ALL(%(roles)s)
          AND {of_no_extension("pg_foreign_server", "s.oid")}
"""
"""What only the role that it is about sees: not compared, since two servers would show different parts."""


def _selection(kind: str, catalog: str, place: Place) -> str:
    mine = f"{place.schema} = ANY(%(schemas)s)" if place.schema else "oid >= 16384"
    if place.owner:
        mine += f" AND pg_get_userbyid({place.owner}) <> ALL(%(roles)s)"
    return (
        f"SELECT '{kind}' AS kind, '{catalog}'::regclass AS classid, oid AS objid\n"
        f"FROM pg_catalog.{catalog} WHERE {mine} AND {place.rows}"
    )


def _of_other_catalogs() -> str:
    """Objects of our schemas in a system catalog that is not named here."""
    homes = {catalog for catalog, place in _PLACES.values() if place.schema}
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
    selections = [_selection(kind, *place) for kind, place in _PLACES.items() if kind not in known]
    return f"""
        WITH here AS (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()),
             found AS ({" UNION ALL ".join([_of_other_catalogs(), *selections])})
        SELECT f.kind, o.identity
        FROM found AS f
        CROSS JOIN LATERAL pg_catalog.pg_identify_object(f.classid, f.objid, 0) AS o
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                          WHERE e.classid = f.classid AND e.objid = f.objid AND e.deptype IN ('e', 'i'))
        UNION ALL {UNSEEN}
        ORDER BY 1, 2
    """


UNMANAGED = unmanaged_query(BY_NAME)
