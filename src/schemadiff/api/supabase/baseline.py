"""What was made by hand or by the dashboard, as a migration of the Supabase CLI: its files then build what live has."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from schemadiff.api.session.live_and_shadow import live_and_shadow
from schemadiff.api.session.migrations import files_by_version, write_migrations
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.catalog.catalog import Catalog
from schemadiff.config import Project
from schemadiff.connection import connect
from schemadiff.difference.explanation import differences, sentences
from schemadiff.errors import Refused
from schemadiff.execution.record.cli_ledger import CliLedger
from schemadiff.planning.both_ways import both_ways
from schemadiff.plans.migrations.making import migrations_of
from schemadiff.plans.migrations.migration import Migration, statements_of
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.rehearsing.rehearsal import run_statement
from schemadiff.shadow.wording.same_words import in_words_of

_REPLAYED = "replayed"


def write_baseline(url: str, project: Project, name: str, *, progress: PlanProgress = untold) -> tuple[Path, ...]:
    """Write what live has and its migrations do not build as a migration, and record it as applied; () for nothing.

    The files that the CLI's ledger knows are run on a scratch database, in their order, as is then what was found:
    unless it leads there exactly to what live has, nothing is written. Rows are no part of it.
    Errors: Refused for a file that does not run there; ConnectionFailed, InspectionError, ScratchError, PlanFileError.
    """
    timings = Timings(progress)
    if project.migrations is None:
        return ()
    files = files_by_version(project.migrations)
    with live_and_shadow(url, project, timings) as session:
        live, shadow = session.live, session.shadow
        known = CliLedger(session.connection).recorded()
        with timings.part("run the migrations on a scratch database"):
            shadow.clone(BASELINE, _REPLAYED)
            for version, file in files.items():
                if version in known:
                    text = (project.migrations / file).read_text(encoding="utf-8")
                    _run(file, statements_of(text), shadow)
        with timings.part("compare with live"):
            found = _read(shadow, live)
            scripts = both_ways(found, live, archived=None).scripts
        if not scripts.up.segments:
            return ()
        made = migrations_of(name, scripts, scripts, datetime.now(UTC), max(files, default="")).up
        with timings.part("prove the migration"):
            for one in made:
                _run(one.file, one.statements, shadow)
            if left := sentences(differences(_read(shadow, live), live)):
                raise Refused("no migration was written, since it would not build what live has:\n" + "\n".join(left))
    written = write_migrations(made, project)
    _record(url, made)
    return written


def _run(file: str, statements: tuple[str, ...], shadow: ShadowDatabases) -> None:
    """Run a file as the CLI does, each statement by itself. Errors: Refused naming the file and the statement."""
    superuser = shadow.superuser(_REPLAYED)
    with psycopg.connect(shadow.server.url(_REPLAYED, shadow.role), autocommit=True) as connection:
        for number, statement in enumerate(statements, start=1):
            try:
                run_statement(statement, connection, superuser, transactional=False)
            except psycopg.Error as error:
                raise Refused(
                    f"no migration was written: statement {number} of {file} does not run on a scratch database: "
                    f"{error.diag.message_primary or error}; until it does, nobody can tell what the migrations build: "
                    "mend the file ('supabase db reset' would fail on it, too)"
                ) from error


def _read(shadow: ShadowDatabases, live: Catalog) -> Catalog:
    return in_words_of(live, shadow.read(_REPLAYED), shadow.deputy.url(_REPLAYED))


def _record(url: str, made: tuple[Migration, ...]) -> None:
    with closing(connect(url, purpose="schemadiff adopt", writes=True)) as connection, connection.transaction():
        ledger = CliLedger(connection)
        ledger.prepare()
        ledger.record(made)
