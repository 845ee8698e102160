"""Shadow databases made from a catalog: the same objects, without rows."""

from dataclasses import replace

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.desired import limits
from schemadiff.desired.loading.superuser import run_together
from schemadiff.desired.loading.watch import Watch
from schemadiff.errors import ScratchError
from schemadiff.planning.planner import script
from schemadiff.plans.model import Script
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.of_live.grantors import grant_memberships_by_grantors, grant_privileges_by_grantors
from schemadiff.shadow.of_live.invalid_indexes import invalidate_indexes
from schemadiff.shadow.rehearsing.rehearsal import rehearse
from schemadiff.shadow.rehearsing.superuser_rights import Superuser, prelude


def copy_catalog(catalog: Catalog, empty: Catalog, server: ScratchServer, database: str, *, baseline: str) -> None:
    """Create `database` from `baseline`, whose catalog is `empty`, and what `catalog` holds beyond it.

    Raises ScratchError when Postgres refuses a statement, and leaves the database as it is then.
    """
    copying = script(empty, _naming_versions(catalog))
    server.create_database(database, template=baseline)
    url = server.url(database)
    try:
        run_copying(copying, url)
        invalidate_indexes(catalog, url)
        grant_privileges_by_grantors(catalog, url)
        grant_memberships_by_grantors(catalog, url)
    except psycopg.Error:
        server.drop_database(database)
        server.create_database(database, template=baseline)
        # once more, statement by statement, to find the one that fails
        failure = rehearse(copying, url, Superuser(url, on_live=True))
        if failure is not None:
            raise ScratchError(f"live cannot be copied to the scratch server: {failure}") from None


def _naming_versions(catalog: Catalog) -> Catalog:
    """The catalog with extensions that are created in the version that they have: servers choose others."""
    place = Extension.COLUMNS.index("default_version")
    rows = {name: (*row[:place], None, *row[place + 1 :]) for name, row in catalog.rows[Extension.KIND].items()}
    return replace(catalog, rows=catalog.rows | {Extension.KIND: rows}, _built={})


def run_copying(copying: Script, url: str) -> None:
    """Run a script as a superuser, with one round trip for each segment. Raises psycopg.Error."""
    with (
        psycopg.connect(url, autocommit=True) as connection,
        Watch(url, [connection], _ended, all_seconds=limits.LOADING_SECONDS, in_one_go=True) as watch,
    ):
        watch.begin(["the copy of live"])
        connection.execute(prelude())
        for segment in copying.segments:
            texts = [step.sql for step in segment.steps]
            if not segment.transactional:
                for text in texts:
                    connection.execute(text.encode())
                continue
            changing_owners = [step.sql for step in segment.steps if step.kind == Owner.KIND]
            run_together(connection, texts, changing_owners)


def _ended(what: str, reason: str) -> psycopg.Error:
    return psycopg.errors.QueryCanceled(f"{what} {reason}")


def read_empty(server: ScratchServer, baseline: str, model: Catalog) -> Catalog:
    """The catalog of the database that copies begin as, within the scope of `model`."""
    with psycopg.connect(server.url(baseline), autocommit=True) as connection:
        return inspect(connection, model.scope, as_known_to=model.known_to)
