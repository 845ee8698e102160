"""schemadiff plan: compare live with the desired schema and write a migration to review."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click
from click.core import ParameterSource

from schemadiff.api import Hazard
from schemadiff.cli.console.failed_proof import refuse_unproven
from schemadiff.cli.console.renames import RenameArguments, rename_options, with_answers
from schemadiff.cli.settings.live import snapshot_option
from schemadiff.cli.settings.options import (
    Session,
    allow_option,
    format_option,
    proof_option,
    roles_option,
    scratch_options,
    session_command,
    target_options,
)
from schemadiff.config import Online, Project
from schemadiff.errors import PreflightRefused

if TYPE_CHECKING:
    from schemadiff.api import Plan, Planned, PlanProgress, RenamePolicy


@click.command("plan")
@click.option(
    "--name", default="migration", show_default=True,
    help="What the plan is called; one of this name that was never applied, edited or signed is replaced.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Folder into which the plan's directory is written (default: plans, as configured).",
)  # fmt: skip
@format_option("text", "json", "sarif", "github")
@click.option("--exit-code", is_flag=True, help="Exit with 2 when there is something to do.")
@allow_option
@rename_options
@proof_option
@click.option(
    "--live-queries/--no-live-queries", default=True,
    help="Look for rows of the live database that would make a statement fail.",
)  # fmt: skip
@click.option(
    "--archive", type=click.Choice(["keep", "none"]), default="keep", show_default=True,
    help="Keep what the plan destroys in schema schemadiff_archive, so that its rollback brings it back, or not.",
)  # fmt: skip
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N",
    help="Rehearse with N rows of each table of the live database instead of made-up ones; no value is shown.",
)  # fmt: skip
@click.option(
    "--online", type=click.Choice(["auto", "always", "never"]),
    help="For which tables changes take the form that lets an application go on: large ones (auto), all, or none "
    "(default: as configured, or auto).",
)  # fmt: skip
@click.option("--unfinished", is_flag=True, help="Plan also where a run of another plan stopped in the middle.")
@roles_option
@scratch_options
@click.option("--sql", "statements", is_flag=True, help="Show the statements, too.")
@click.option("--timings", is_flag=True, help="Show what took how long.")
@snapshot_option
@target_options
@session_command
def command(
    session: Session,
    *,
    name: str,
    out: Path | None,
    format_: str,
    exit_code: bool,
    allow: frozenset[Hazard],
    proof: str,
    live_queries: bool,
    archive: str,
    sample: int | None,
    online: str | None,
    unfinished: bool,
    statements: bool,
    timings: bool,
    **answers: Unpack[RenameArguments],
) -> None:
    """Compare the live database with the desired schema and write a migration, with its rollback, to review.

    Nothing is changed. stdout carries the path of the plan's directory (or, with --format json, the plan).
    """
    output, live, project = session.output, session.live, _with_online(session.project, online)
    output.say(f"live: {session.live_shown}")
    from schemadiff.api import plan as make_plan
    from schemadiff.review.terminal import plan_summary

    def make(policy: "RenamePolicy", progress: "PlanProgress") -> "Planned":
        return make_plan(
            live,
            project,
            name=_slug(name),
            progress=progress,
            proof=proof != "off",
            whole_proof=proof == "full",
            sample=sample or 0,
            renames=policy,
            allow=allow,
            live_queries=live_queries,
            archive=archive == "keep",
            unfinished=unfinished,
        )

    planned = with_answers(session, answers, make)
    plan = planned.plan
    _show_timings(session, planned.timings if timings else {})
    output.show(plan_summary(plan, statements=statements))
    _write(session, plan, _relative(out or project.plans), format_)
    if exit_code and not plan.empty:
        click.get_current_context().exit(2)


def _with_online(project: Project, online: str | None) -> Project:
    return project if online is None else replace(project, online=Online(online))


def _write(session: Session, plan: "Plan", plans: Path, format_: str) -> None:
    """Write a plan that has something to do and a proof that holds, and say where."""
    from schemadiff.api import plan_id, read_plan, write
    from schemadiff.cli.console.forms import FORMS, print_form, print_nothing
    from schemadiff.review.document import plan_document
    from schemadiff.review.summary import to_allow

    output = session.output
    _refuse_unproven(plan, plans)
    if plan.empty:
        if format_ == "json":
            output.result_document(plan_document(plan))
        print_nothing(output, format_)
        return
    replaced = _replaced(session, plan, plans)
    directory = write(plan, plans, session.project, replacing=replaced)
    for old in replaced:
        output.say(f"replaced: {old}, which was never applied")
    for one in plan.migrations.up if plan.migrations and session.project.migrations else ():
        output.say(f"migration of the Supabase CLI: {one.file}")
    if format_ == "json":
        output.result_document(plan_document(plan, directory, read_plan(directory).approval))
    elif format_ in FORMS:
        print_form(output, read_plan(directory), format_)
    else:
        output.result(str(directory))
    if plan.proof and plan.proof.report:
        output.say(f"\nthe judges disagree: {directory}.report.zip holds both schemas (no rows, no passwords)")
    if plan.refused:
        raise PreflightRefused(
            f"plan {plan_id(plan)} is written, and refused as things stand: {directory / 'review.md'} says what is in "
            f"the way; when it is gone, run 'schemadiff apply {directory}{to_allow(plan.up)}', or change the files and "
            "make the plan again"
        )
    output.say(f"\nreview {directory / 'review.md'}, then: schemadiff apply {directory}{to_allow(plan.up)}")


def _replaced(session: Session, plan: "Plan", plans: Path) -> tuple[Path, ...]:
    """The plans of the name that somebody gave to this one, if no ledger of live knows their runs."""
    from schemadiff.api import compare_ledgers, read_plan, replaced_by, status

    source = click.get_current_context().get_parameter_source("name")
    drafts = () if source is ParameterSource.DEFAULT else replaced_by(plan, plans)
    if not drafts or not isinstance(session.live, str):
        return ()
    by_cli = compare_ledgers(session.live, session.project).run_by_cli
    known = {*by_cli, *(run.plan for run in status(session.live).runs)}
    return tuple(draft for draft in drafts if read_plan(draft).name not in known)


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not slug:
        raise click.BadParameter(f"{name!r} holds no letter or digit", param_hint="--name")
    return slug[:60]


def _relative(folder: Path) -> Path:
    working = Path.cwd()
    return folder.relative_to(working) if folder.is_relative_to(working) else folder


def _refuse_unproven(plan: "Plan", plans: Path) -> None:
    from schemadiff.api import plan_id

    outcome = "the plan does not do what it should on a scratch copy, so it was not written"
    refuse_unproven(plan.proof, outcome, plans / f"{plan_id(plan)}.report.zip")


def _show_timings(session: Session, timings: dict[str, float]) -> None:
    if not timings:
        return
    width = max(map(len, timings))
    for part, seconds in timings.items():
        session.output.say(f"{part:<{width}}  {seconds:6.3f} s")
    session.output.say(f"{'total':<{width}}  {sum(timings.values()):6.3f} s")
