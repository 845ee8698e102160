"""schemadiff status: what was applied to the live database."""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from schemadiff.cli.console.ledgers import told_of_ledgers
from schemadiff.cli.settings.options import Session, format_option, session_command, target_options
from schemadiff.errors import ConfigError, ConnectionFailed, SchemadiffError
from schemadiff.printable import one_line

if TYPE_CHECKING:
    from rich.table import Table

    from schemadiff.api import Meeting, Status
    from schemadiff.cli.console.environments_report import EnvironmentStatus


@click.command("status")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Show only the latest N runs.")
@click.option(
    "--all-envs", is_flag=True,
    help="Show each plan in all environments of the configuration: where it is applied, by whom, where it waits.",
)  # fmt: skip
@format_option("text", "json")
@target_options
@session_command
def command(session: Session, *, last: int | None, all_envs: bool, format_: str) -> None:
    """Show the runs that the live database remembers, and the plans that wait to be applied."""
    if all_envs:
        _everywhere(session, format_)
        return
    from schemadiff.api import compare_ledgers, status
    from schemadiff.review.summary import archive_size

    output, target = session.output, session.target
    output.say(f"live: {target.shown}")
    history = status(target.url, applying=session.project.apply_as)
    waiting, ledgers = _waiting(session, history), compare_ledgers(target.url, session.project, history)
    met = _meetings(session, waiting, history)
    if format_ == "json":
        output.result_document(
            _as_json(history, waiting, last) | {"meetings": [asdict(one) for one in met], "supabase": asdict(ledgers)}
        )
        return
    if history.runs:
        output.result_rendered(_runs_table(history, last))
        for run in reversed(history.runs[:last]):
            for note in history.notes.get(run.id, ()):
                output.result(output.redacted(f"{run.direction.command} {one_line(run.plan)}: {one_line(note.words)}"))
    else:
        output.say("nothing was ever applied to this database")
    for name in waiting:
        if name not in ledgers.run_by_cli:
            output.result(output.redacted(f"not applied: {name}"))
    for one in met:
        output.result(output.redacted(_told_of_meeting(one)))
    for line in told_of_ledgers(ledgers):
        output.result(output.redacted(one_line(line)))
    if history.archived:
        since = min(entry.archived_at for entry in history.archived)
        output.say(f"archive: {archive_size(history.archived)} since {since:%Y-%m-%d}; remove with schemadiff purge")
    if history.runner:
        output.say(f"working on it now: {history.runner}")
    if history.interrupted:
        run = history.interrupted
        output.say(f"half done: continue with schemadiff {run.direction.command} {run.plan}")
        other = run.direction.choose(
            "or take it back with schemadiff rollback", "or apply it again with schemadiff apply"
        )
        output.say(f"           {other} {run.plan}")


def _everywhere(session: Session, format_: str) -> None:
    """Show how each plan stands in each environment. Errors: ConfigError; at the end, ConnectionFailed."""
    from schemadiff.api import written_plans
    from schemadiff.cli.console.environments_report import all_plans, environments_document, environments_table

    if session.database_url is not None or session.environment is not None:
        raise ConfigError("--all-envs asks every environment: leave out --database-url and --env")
    names = tuple(session.project.environments)
    if not names:
        raise ConfigError("the configuration names no environments: add [environments.NAME]")
    found = {name: _asked(session, name) for name in names}
    plans = all_plans(written_plans(session.project.plans), found)
    if format_ == "json":
        session.output.result_document(environments_document(plans, found))
    else:
        session.output.result_rendered(environments_table(plans, found))
    silent = {name: one.error for name, one in found.items() if one.error}
    for name, one in found.items():
        if one.status is not None and one.status.runner:
            session.output.say(f"working on {name} now: {one.status.runner}")
    if silent:
        lines = "".join(f"\n  {name}: {error}" for name, error in silent.items())
        raise ConnectionFailed(f"not every environment could be asked:{lines}")


def _asked(session: Session, name: str) -> "EnvironmentStatus":
    from schemadiff.api import status
    from schemadiff.cli.console.environments_report import EnvironmentStatus

    one = replace(session, environment=name)
    try:
        target = one.target
    except SchemadiffError as error:
        return EnvironmentStatus("", error=str(error))
    try:
        return EnvironmentStatus(target.shown, status(target.url, applying=one.project.apply_as))
    except SchemadiffError as error:
        return EnvironmentStatus(target.shown, error=str(error))


def _waiting(session: Session, history: "Status") -> tuple[str, ...]:
    """The plans in the plans folder that the database does not know or that were rolled back."""
    from schemadiff.api import written_plans

    return tuple(name for name in written_plans(session.project.plans) if name not in history.applied)


def _meetings(session: Session, waiting: tuple[str, ...], history: "Status") -> "tuple[Meeting, ...]":
    """Which of the waiting plans get in each other's way; not asked for one, or in the middle of a run that locks."""
    if len(waiting) < 2 or history.runner or history.interrupted:
        return ()
    from schemadiff.api import meetings

    return meetings(session.target.url, [session.project.plans / name for name in waiting])


def _told_of_meeting(one: "Meeting") -> str:
    names, objects = f"{one_line(one.first)} and {one_line(one.second)}", one_line(", ".join(one.objects))
    return f"{names} meet in {objects}: apply one of them, then make the other one again with schemadiff rebase"


def _runs_table(history: "Status", last: int | None) -> "Table":
    from rich.table import Table
    from rich.text import Text

    styles = {"done": "green", "failed": "red", "running": "yellow"}
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    signed = ("approved by",) if history.approvers else ()
    for title in ("plan", "what", "state", "started", "seconds", "by", *signed):
        table.add_column(title, overflow="fold", justify="right" if title == "seconds" else "left")
    for run in history.runs[:last]:
        took = f"{(run.finished_at - run.started_at).total_seconds():.2f}" if run.finished_at else ""
        table.add_row(
            Text(one_line(run.plan)),
            run.direction.command,
            Text(run.state, style=styles[run.state]),
            f"{run.started_at:%Y-%m-%d %H:%M:%S %Z}",
            took,
            Text(one_line(run.who)),
            *(Text(one_line(", ".join(history.approvers.get(run.id, ())))) for _ in signed),
        )
    return table


def _as_json(history: "Status", waiting: tuple[str, ...], last: int | None) -> dict[str, object]:
    return {
        "runs": [
            asdict(run)
            | {"approvers": list(history.approvers.get(run.id, ()))}
            | {"notes": [asdict(note) for note in history.notes.get(run.id, ())]}
            for run in history.runs[:last]
        ],
        "applied": list(history.applied),
        "waiting": list(waiting),
        "interrupted": history.interrupted.plan if history.interrupted else None,
        "runner": history.runner,
        "archive": [{"object": entry.object, "bytes": entry.bytes} for entry in history.archived],
    }
