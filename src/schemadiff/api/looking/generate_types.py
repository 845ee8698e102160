"""Types in TypeScript of the schemas that the API serves, on live or as the files declare them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

from schemadiff.api.session.live_and_shadow import live_and_shadow, shadow_databases
from schemadiff.api.session.project_scope import scope_of
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.catalog.reading.surroundings import read_surroundings
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import unquoted
from schemadiff.config import Project
from schemadiff.connection import connect
from schemadiff.desired.files import desired_of
from schemadiff.errors import ConfigError
from schemadiff.shadow.of_desired.desired_database import create_desired_database
from schemadiff.typescript.described import describe
from schemadiff.typescript.writing import written

_Connection = psycopg.Connection[TupleRow]


def client_types(
    live: str | None,
    project: Project,
    *,
    of_live: bool = False,
    schemas: tuple[str, ...] = (),
    progress: PlanProgress = untold,
) -> str:
    """The text of a TypeScript file: of what the files declare, or of live, in `schemas` or those that the API serves.

    Errors: ConfigError, DesiredError, ConnectionFailed, InspectionError, ScratchError.
    """
    timings = Timings(progress)
    if of_live:
        if live is None:
            raise ConfigError("no database is named: nothing can be read from it")
        with connect(live) as connection, timings.part("read live"):
            served = schemas or _served(connection, scope_of(connection, project), project)
            return written(describe(connection, served))
    with _files(live, project, timings) as (connection, served):
        return written(describe(connection, schemas or served))


@contextmanager
def _files(live: str | None, project: Project, timings: Timings) -> Iterator[tuple[_Connection, tuple[str, ...]]]:
    """A session on a shadow database with the files, and what the API serves."""
    desired = desired_of(project)
    if live is None:
        with shadow_databases(None, project, timings) as shadow:
            with timings.part("load desired schema"):
                wanted, _ = create_desired_database(shadow, desired, "desired")
            with psycopg.connect(shadow.deputy.url("desired"), autocommit=True) as connection:
                yield connection, _served(connection, wanted.scope, project)
        return
    with live_and_shadow(live, project, timings) as session:
        with timings.part("load desired schema"):
            create_desired_database(session.shadow, desired, "desired", session.live)
        served = _served(session.connection, session.live.scope, project)
        with psycopg.connect(session.shadow.deputy.url("desired"), autocommit=True) as connection:
            yield connection, served


def _served(connection: _Connection, scope: Scope, project: Project) -> tuple[str, ...]:
    """The schemas that the API serves, without the platform's; public where nobody says."""
    exposed = read_surroundings(connection, scope, project.exposed).exposed or ()
    return tuple(name for name in map(unquoted, exposed) if scope.holds_schema(name)) or ("public",)
