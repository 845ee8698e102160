"""Shadow databases made from a catalog: the same objects, without rows."""

from dataclasses import replace

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.errors import ScratchError
from schemadiff.planning.planner import script
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_live.copying import Copying
from schemadiff.shadow.of_live.grantors import grant_memberships_by_grantors, grant_privileges_by_grantors
from schemadiff.shadow.of_live.invalid_indexes import invalidate_indexes


def copy_catalog(catalog: Catalog, empty: Catalog, shadow: ShadowDatabases, database: str, *, baseline: str) -> None:
    """Create `database` from `baseline`, whose catalog is `empty`, and what `catalog` holds beyond it.

    Raises ScratchError when Postgres refuses a statement, and leaves the database as it is then.
    """
    copying = script(empty, _naming_versions(catalog))
    shadow.server.create_database(database, template=baseline, owner=shadow.deputy.name)
    with Copying(shadow.server, shadow.deputy, database) as session:
        session.run(copying)
    url = shadow.server.superuser_url(database)
    try:
        invalidate_indexes(catalog, url)
        grant_privileges_by_grantors(catalog, url)
        grant_memberships_by_grantors(catalog, url)
    except psycopg.Error as error:
        raise ScratchError(f"live cannot be copied to the scratch server: {error}") from error


def _naming_versions(catalog: Catalog) -> Catalog:
    """The catalog with extensions that are created in the version that they have: servers choose others."""
    place = Extension.COLUMNS.index("default_version")
    rows = {name: (*row[:place], None, *row[place + 1 :]) for name, row in catalog.rows[Extension.KIND].items()}
    return replace(catalog, rows=catalog.rows | {Extension.KIND: rows}, _built={})


def read_empty(shadow: ShadowDatabases, baseline: str, model: Catalog) -> Catalog:
    """The catalog of the database that copies begin as, within the scope of `model`, as who makes them sees it."""
    with psycopg.connect(shadow.deputy.url(baseline), autocommit=True) as connection:
        return inspect(connection, model.scope, as_known_to=model.known_to)
