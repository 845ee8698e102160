"""Options of the commands that run a plan on live: approval, proof, patience with locks."""

from pathlib import Path
from typing import TypedDict

import click

from schemadiff.cli.settings.options import Command, auto_approve_option, format_option, target_options
from schemadiff.config import duration
from schemadiff.errors import ConfigError


class RunArguments(TypedDict):
    """What `run_options` hand to a command."""

    auto_approve: bool
    approve: str | None
    no_proof: bool
    require_approvals: int | None
    allowed_signers: Path | None
    lock_timeout: str | None
    max_wait: str | None
    dry_run: bool
    format_: str


def run_options(function: Command) -> Command:
    """Add what commands take that run a plan on live: approval, proof, patience with locks, format, and target."""
    for option in (
        target_options,
        format_option("text", "json", "jsonl"),
        click.option(
            "--lock-timeout", metavar="DURATION", callback=_duration,
            help="How long a transaction may wait for all its locks before it is tried again, such as 3s "
            "(default: 500 ms, or half of deadlock_timeout).",
        ),
        click.option(
            "--max-wait", metavar="DURATION", callback=_duration,
            help="How long it is tried again while locks are in the way (default: 10min).",
        ),
        click.option(
            "--dry-run", is_flag=True,
            help="Change nothing: pass the gates, show what would run, what it locks and who holds that now.",
        ),
        click.option("--no-proof", is_flag=True, help="Run even a plan that was never rehearsed."),
        click.option(
            "--allowed-signers", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
            help="Whose approvals count, as ssh-keygen reads it (also: SCHEMADIFF_ALLOWED_SIGNERS).",
        ),
        click.option(
            "--require-approvals", type=click.IntRange(min=0), metavar="N",
            help="Refuse a plan that fewer people have signed with 'schemadiff approve' "
            "(also: SCHEMADIFF_REQUIRE_APPROVALS).",
        ),
        click.option(
            "--approve", metavar="SHA",
            help="Do not ask; refuse scripts that are not the approved ones (see review.md).",
        ),
        auto_approve_option,
    ):  # fmt: skip
        function = option(function)
    return function


def _duration(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    try:
        return value and duration(value, "the duration")
    except ConfigError as error:
        raise click.BadParameter(str(error), ctx, param) from error
