"""The option --live: a snapshot in place of the live database, or live in place of the files."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from schemadiff.cli.settings.options import Session

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DATABASE = "the database"

Command = TypeVar("Command", bound=Callable[..., object])


def snapshot_option(function: Command) -> Command:
    """Add --live FILE, which `Session.live` follows."""
    return click.option(
        "--live", metavar="FILE", type=_FILE, expose_value=False, callback=_snapshot,
        help="A file that 'schemadiff snapshot' wrote, instead of the live database.",
    )(function)  # fmt: skip


def live_option(function: Command) -> Command:
    """Add --live [FILE]: of live, or of a snapshot that `Session.live` follows, instead of what the files declare."""
    return click.option(
        "--live", "of_live", metavar="[FILE]", is_flag=False, flag_value=_DATABASE, callback=_of_live,
        help="Of the live database, or of a file that 'schemadiff snapshot' wrote, instead of what the files declare.",
    )(function)  # fmt: skip


def _snapshot(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    ctx.ensure_object(Session).snapshot = value


def _of_live(ctx: click.Context, param: click.Parameter, value: str | None) -> bool:
    if value not in (None, _DATABASE):
        ctx.ensure_object(Session).snapshot = Path(str(_FILE.convert(value, param, ctx)))
    return value is not None
