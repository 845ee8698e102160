"""schemadiff dev: a local database that follows the files while they are written."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Unpack

import click

from schemadiff.api import Hazard
from schemadiff.cli.console import approval
from schemadiff.cli.console.renames import RenameArguments, rename_options, with_answers
from schemadiff.cli.settings.options import (
    Session,
    roles_option,
    scratch_options,
    session_command,
    target_options,
)
from schemadiff.config import Project
from schemadiff.connection_string import parameters_of
from schemadiff.errors import ConfigError, Refused, SchemadiffError

if TYPE_CHECKING:
    from schemadiff.api import Planned, PlanProgress, RenamePolicy

_PAUSE = 0.5
"""Seconds between two looks at the files."""

_HERE = ("localhost", "127.0.0.1", "::1")


@click.command("dev")
@click.option("--once", is_flag=True, help="Do it once, and wait for no change of a file.")
@rename_options
@roles_option
@scratch_options
@target_options
@session_command
def command(session: Session, *, once: bool, **answers: Unpack[RenameArguments]) -> None:
    """Watch the files, show what a change of them does to a local database, and do it on y.

    For a database on this machine alone: plans are not rehearsed and not kept, and all hazards are allowed. What they
    drop lies in the archive. Ctrl-C ends it.
    """
    output, project = session.output, session.project
    if not _is_local(session.target.url):
        raise ConfigError(
            f"{session.target.shown} is not on this machine: dev changes a local database, such as that of "
            "'supabase start' (--env local); for others, make a plan"
        )
    if not approval.at_a_terminal():
        raise Refused("not a terminal, so nobody can be asked: make a plan, and apply it with --auto-approve")
    output.say(f"live: {session.target.shown}")
    seen: dict[Path, int] = {}
    while True:
        now = dict(_times(project))
        if now != seen:
            seen = now
            try:
                _follow(session, answers)
            except SchemadiffError as error:
                if once:
                    raise
                output.say(f"error: {error}")
        if once:
            return
        time.sleep(_PAUSE)


def _follow(session: Session, answers: RenameArguments) -> None:
    """Bring the database to what the files declare now, if the person wants it. Errors: those of `plan` and `apply`."""
    from schemadiff.api import RunOptions, apply, plan, write
    from schemadiff.review.terminal import plan_summary

    output, url, allowed = session.output, session.target.url, frozenset(Hazard)

    def make(policy: "RenamePolicy", progress: "PlanProgress") -> "Planned":
        return plan(
            url,
            session.project,
            name="dev",
            progress=progress,
            proof=False,
            renames=policy,
            allow=allowed,
            live_queries=False,
        )

    made = replace(with_answers(session, answers, make).plan, migrations=None)
    if made.empty:
        output.say("nothing to do: the database is what the files declare")
        return
    output.show(plan_summary(made))
    if not click.confirm("\ndo it?", default=False, err=True):
        return
    with TemporaryDirectory(prefix="schemadiff-dev-") as folder:
        directory = write(made, Path(folder))
        apply(directory, url, RunOptions(allow=allowed, proof_required=False))
    output.say("done")


def _times(project: Project) -> Iterator[tuple[Path, int]]:
    """The files that declare the database, with the times of their last change."""
    for folder in (project.desired, project.templates):
        for path in folder.rglob("*"):
            try:
                yield path, path.stat().st_mtime_ns
            except OSError:
                continue


def _is_local(url: str) -> bool:
    """Whether a connection string leads to this machine, by a socket or its loopback."""
    parameters = parameters_of(url) or {}
    hosts = [*parameters.get("host", "").split(","), *parameters.get("hostaddr", "").split(",")]
    return all(not host or host.startswith(("/", "@")) or host in _HERE for host in hosts) and (
        not parameters.get("service")
    )
