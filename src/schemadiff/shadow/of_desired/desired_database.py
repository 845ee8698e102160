"""A shadow database that holds what the desired files declare."""

from collections.abc import Collection
from functools import partial

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.sql import Quoted, unquoted
from schemadiff.desired.belonging.dump_privileges import declared_without_privileges
from schemadiff.desired.belonging.passing_over import without_others
from schemadiff.desired.files import Desired
from schemadiff.desired.loading.declared_roles import load_roles, without_roles
from schemadiff.desired.loading.loading import conversions, load_desired
from schemadiff.desired.loading.owner_changes import give
from schemadiff.desired.reading.annotations import Renamed
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.shadow import too_old
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.of_desired import unspecified
from schemadiff.shadow.of_desired.conversions import annotate
from schemadiff.shadow.of_desired.extensions import Extensions
from schemadiff.shadow.of_desired.privileges import granting_as_on_live
from schemadiff.shadow.of_live.copying import Copying
from schemadiff.shadow.wording.same_words import in_words_of


def create_desired_database(
    shadow: ShadowDatabases, desired: Desired, database: str, live: Catalog | None = None, *, keeps: bool = True
) -> tuple[Catalog, tuple[Renamed, ...]]:
    """The catalog of a new shadow database with the desired schema, and the files' @renamed annotations.

    What files leave open, versions of extensions and owners, is as in `live`; with `keeps`, so are extensions that no
    file declares where a platform switches them on and off. Errors: DesiredError; ScratchError where
    the scratch server is too old for what live holds, PlanningError where live is for what the files declare.
    """
    server = shadow.server
    if live is not None:
        too_old.refuse_older_scratch(live, server.version_num)
    desired, passed_over = without_others(desired, shadow.scope, shadow.role)
    shadow.tell(passed_over)
    if shadow.scope.roles:
        desired = _create_roles(shadow, desired, database, live)
    else:
        shadow.clone(BASELINE, database)
    if live is not None:
        available = _available_versions(server.superuser_url(database))
        desired = Extensions(live, _chosen_versions(shadow), available, keeps).completed(desired)
    with too_old.telling(shadow):
        renamed = load_desired(
            desired,
            server.url(database, shadow.role),
            server.superuser_url(database),
            for_superuser=live is not None and shadow.superuser(database).on_live,
        )
    catalog = _read_annotated(shadow, desired, database)
    if live is not None and (statements := unspecified.owners(catalog, live)):
        with psycopg.connect(server.superuser_url(database), autocommit=True) as admin:
            give(admin, shadow.role, statements, to_superusers=shadow.deputy.beside_superusers)
        catalog = _read_annotated(shadow, desired, database)
    if live is not None and (silent := declared_without_privileges(desired.statements)):
        with Copying(shadow.server, shadow.deputy, database) as granting:
            defaults = all(statement.tag != "AlterDefaultPrivilegesStmt" for statement in desired.statements)
            granting.run(granting_as_on_live(catalog, live, silent, defaults=defaults))
        catalog = _read_annotated(shadow, desired, database)
    if live is not None:
        too_old.refuse_older_live(catalog, live)
        catalog = in_words_of(live, catalog, shadow.deputy.url(database))
    return catalog, renamed


def _create_roles(shadow: ShadowDatabases, desired: Desired, database: str, live: Catalog | None) -> Desired:
    """Create the database beside the roles that the files declare, instead of live's; returns the files without them.

    The baseline cannot be copied then: live's roles are in its cluster.
    """
    desired, of_roles = without_roles(desired)
    shadow.server.create_database(database, template=shadow.server.platform_template)
    managed = [unquoted(Quoted(name)) for name in live.rows[Role.KIND]] if live else []
    shadow.prepare(database, managed, partial(_load_roles, shadow, of_roles, database))
    return desired


def _load_roles(shadow: ShadowDatabases, statements: Collection[DesiredStatement], database: str) -> None:
    with psycopg.connect(shadow.server.superuser_url(database), autocommit=True) as admin:
        load_roles(statements, admin, shadow.role, shadow.scope.connected)


def _read_annotated(shadow: ShadowDatabases, desired: Desired, database: str) -> Catalog:
    """The catalog, with the @using annotations on its columns."""
    catalog = shadow.read(database)
    if any(statement.using for statement in desired.statements):
        with psycopg.connect(shadow.server.url(database, shadow.role), autocommit=True) as connection:
            annotate(catalog, conversions(desired, connection))
    return catalog


def _chosen_versions(shadow: ShadowDatabases) -> dict[str, str]:
    """The version by name of each extension that live takes where none is named."""
    if shadow.live is None:
        return {}
    return dict(shadow.live.execute("SELECT name, default_version FROM pg_catalog.pg_available_extensions"))


def _available_versions(url: str) -> set[tuple[str, str]]:
    """Name and version of each extension that can be created."""
    with psycopg.connect(url) as connection:
        query = "SELECT name, version FROM pg_catalog.pg_available_extension_versions"
        return {(name, version) for name, version in connection.execute(query)}
