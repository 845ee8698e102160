"""schemadiff purge: empty the archive of what plans destroyed."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from schemadiff.cli.console.approval import require_yes
from schemadiff.cli.settings.options import Session, auto_approve_option, format_option, session_command, target_options

if TYPE_CHECKING:
    from schemadiff.api import Archived

_AGE = re.compile(r"(\d+)\s*([smhdw]?)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks", "": "seconds"}


def _age(ctx: click.Context, param: click.Parameter, value: str) -> timedelta:
    match = _AGE.fullmatch(value.strip())
    if match is None or (not match[2] and match[1] != "0"):
        raise click.BadParameter(f"{value!r} is not an age: write 30d, 12h, 2w or 0", ctx, param)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


@click.command("purge")
@click.option(
    "--older-than", metavar="AGE", default="0", show_default="everything", callback=_age,
    help="Only what went to the archive longer ago than this: 30d, 12h, 2w.",
)  # fmt: skip
@auto_approve_option
@format_option("text", "json")
@target_options
@session_command
def command(session: Session, *, older_than: timedelta, auto_approve: bool, format_: str) -> None:
    """Remove for good what plans put into the archive of the live database.

    The rollbacks of those plans cannot bring it back any more, and are refused.
    """
    from schemadiff.api import purge
    from schemadiff.review.summary import archive_size

    output, target = session.output, session.target
    output.say(f"live: {target.shown}")

    def confirm(entries: "tuple[Archived, ...]") -> None:
        for entry in entries:
            output.say(f"  {entry.object}, archived {entry.archived_at:%Y-%m-%d %H:%M}")
        if not auto_approve:
            require_yes(output, f"remove {archive_size(entries)} for good?")

    gone = purge(target.url, older_than, confirm)
    if format_ == "json":
        output.result_document({"purged": [{"object": entry.object, "bytes": entry.bytes} for entry in gone]})
    else:
        output.say(f"removed {archive_size(gone)}" if gone else "nothing in the archive is that old")
