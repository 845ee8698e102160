"""What a run records in the ledger of the Supabase CLI: each migration when its segment is done, with that segment."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from schemadiff.connection import Connection
from schemadiff.execution.record.cli_ledger import CliLedger
from schemadiff.execution.record.ledger import Ledger
from schemadiff.execution.record.records import MIGRATED, RunNote
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.migrations.migration import Migration, with_versions

_WORDS = "known to the Supabase CLI as "
_NOTED = re.compile(r"(\d+)_\w+")


def recording(
    ledger: Ledger, connection: Connection, plan_file: PlanFile, direction: Direction, run: int, *, resumed: bool
) -> tuple[Migration, ...]:
    """The migrations that a run is, which `ledger` records from now on as its segments are done.

    A way back from the middle of a plan is none: it takes back what was recorded. Errors: those of `prepare`.
    """
    plan = plan_file.plan
    ledger.beside({})
    if plan.migrations is None:
        return ()
    cli = CliLedger(connection)
    cli.prepare()
    wanted = direction.choose(plan.migrations.up, plan.migrations.down)
    if not wanted:
        runs = (one for one in ledger.runs() if one.plan == plan_file.name and one.direction is Direction.UP)
        versions = next((_noted(ledger, one.id) for one in runs), [])
        ledger.beside({len(plan.script(direction).segments): [partial(cli.forget, versions)]})
        return ()
    if resumed:
        found = zip(wanted, _noted(ledger, run), strict=False)
        migrations = tuple(_named(one, version) for one, version in found)
    else:
        migrations = _versioned(wanted, cli, direction)
        _note(ledger, run, migrations)
    numbers = {one.segment for one in migrations}
    at = {number: [one for one in migrations if one.segment == number] for number in numbers}
    ledger.beside({number: [partial(cli.record, those)] for number, those in at.items()})
    return migrations


def record_marked(
    connection: Connection, ledger: Ledger, plan_file: PlanFile, direction: Direction, run: int
) -> tuple[Migration, ...]:
    """Record the migrations of a script that another tool has run, unless the CLI itself did. Errors: as above."""
    plan = plan_file.plan
    if plan.migrations is None:
        return ()
    cli = CliLedger(connection)
    cli.prepare()
    migrations = plan.migrations.up
    if direction is Direction.DOWN:
        migrations = _versioned(plan.migrations.down, cli, direction)
    cli.record(migrations)
    _note(ledger, run, migrations)
    return migrations


def _versioned(wanted: tuple[Migration, ...], cli: CliLedger, direction: Direction) -> tuple[Migration, ...]:
    """Migrations with the versions of the plan, or with new ones where it is rolled back, or applied once more."""
    known = cli.recorded()
    if direction is Direction.UP and not any(one.version in known for one in wanted):
        return wanted
    return with_versions(wanted, datetime.now(UTC), max(known, default=""))


def _note(ledger: Ledger, run: int, migrations: Iterable[Migration]) -> None:
    named = ", ".join(one.file.removesuffix(".sql") for one in migrations)
    if named:
        ledger.add_note(run, RunNote(MIGRATED, f"{_WORDS}{named}"))


def versions_noted(notes: Iterable[RunNote]) -> list[str]:
    """The versions under which a run is recorded, as the notes on it say."""
    words = (note.words.removeprefix(_WORDS) for note in notes if note.kind == MIGRATED)
    return [version for said in words for version in _NOTED.findall(said)]


def _noted(ledger: Ledger, run: int) -> list[str]:
    return versions_noted(ledger.notes().get(run, ()))


def _named(migration: Migration, version: str) -> Migration:
    return Migration(migration.name, migration.statements, migration.segment, version)
