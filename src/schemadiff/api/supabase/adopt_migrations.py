"""Bringing the ledger of the Supabase CLI, its files and the ledger of schemadiff together."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from schemadiff.api.session.migrations import files_by_version, write_migrations
from schemadiff.api.supabase.compare_ledgers import Ledgers, compare_ledgers, plans_with_migrations
from schemadiff.catalog.sql import Sql
from schemadiff.config import Project
from schemadiff.connection import connect
from schemadiff.errors import Refused
from schemadiff.execution.events import Progress, silent
from schemadiff.execution.marking import mark
from schemadiff.execution.record.cli_ledger import CliLedger
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.migrations.migration import Migration, parsed_file, statements_of


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was brought together: files that were written, plans that were marked as applied or told to the CLI.

    `left` says what was not, and why.
    """

    files: tuple[Path, ...] = ()
    marked: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def adopt(url: str, project: Project, *, applied: tuple[str, ...] = (), progress: Progress = silent) -> Adopted:
    """Bring together what `compare_ledgers` finds apart; no statement of a plan or of a migration is run.

    A migration that only the CLI's ledger knows becomes a file, a plan that the CLI has run is marked as applied, one
    that it does not know is told to it; so is each file whose version `applied` names, since somebody has run it.
    Errors: those of `compare_ledgers`; Refused for a version that no file has.
    """
    found, plans = compare_ledgers(url, project), plans_with_migrations(project.plans)
    by_hand = _by_hand(project, applied)
    written = write_migrations(_as_files(found), project)
    told = [one for name in found.unrecorded for one in _up(plans[name])]
    if told or by_hand:
        with closing(connect(url, purpose="schemadiff adopt", writes=True)) as connection, connection.transaction():
            cli = CliLedger(connection)
            cli.prepare()
            cli.record([*told, *by_hand])
    marked, left = _mark([plans[name] for name in found.run_by_cli], url, progress)
    without = [one.version for one in found.without_file if not one.statements]
    left += [f"migration {version} has no statements in the ledger: write its file by hand" for version in without]
    left += [
        f"{file} is in no ledger: push it with 'supabase db push', or, where somebody has run it, 'schemadiff adopt "
        f"--applied {file.partition('_')[0]}'"
        for file in found.files
        if file.partition("_")[0] not in applied
    ]
    return Adopted(written, tuple(marked), found.unrecorded, tuple(left))


def _mark(plans: list[PlanFile], url: str, progress: Progress) -> tuple[list[str], list[str]]:
    """Mark plans as applied: those before the last one by their versions, since the last one changed what they left."""
    marked: list[str] = []
    for plan_file in plans:
        last = plan_file is plans[-1]
        try:
            mark(plan_file, url, Direction.UP, progress, by_version=not last)
        except Refused as error:
            return marked, [f"plan {plan_file.name} was run by the Supabase CLI, but {error}"]
        marked.append(plan_file.name)
    return marked, []


def _as_files(found: Ledgers) -> tuple[Migration, ...]:
    return tuple(
        Migration(one.name or "remote", tuple(map(Sql, one.statements)), 0, one.version)
        for one in found.without_file
        if one.statements
    )


def _by_hand(project: Project, versions: tuple[str, ...]) -> list[Migration]:
    """The files of these versions. Errors: Refused where there is none."""
    files = files_by_version(project.migrations) if project.migrations else {}
    found = []
    for version in versions:
        if version not in files or project.migrations is None:
            raise Refused(f"there is no file of version {version} in supabase/migrations: nothing was recorded")
        _, name = parsed_file(files[version]) or ("", "")
        text = (project.migrations / files[version]).read_text(encoding="utf-8")
        found.append(Migration(name, statements_of(text), 0, version))
    return found


def _up(plan_file: PlanFile) -> tuple[Migration, ...]:
    return plan_file.plan.migrations.up if plan_file.plan.migrations else ()
