"""schemadiff pull: write the files that declare the live database."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemadiff.cli.console.approval import at_a_terminal
from schemadiff.cli.settings.options import (
    Session,
    auto_approve_option,
    roles_option,
    scratch_options,
    session_command,
    target_options,
)

if TYPE_CHECKING:
    from schemadiff.api import Pulled


@click.command("pull")
@click.option("--check", is_flag=True, help="Write nothing; exit with 2 if something would change.")
@auto_approve_option
@roles_option
@scratch_options
@target_options
@session_command
def command(session: Session, *, check: bool, auto_approve: bool) -> None:
    """Write the live database as desired files: what is missing, changed or gone in those that are there.

    The files are loaded and compared before they are written: a plan is empty afterwards. stdout carries the changes
    as a diff. Nothing is changed in the database.
    """
    output = session.output
    output.say(f"live: {session.target.shown}")
    pulled = make(session)
    for line in _diff(pulled):
        output.result(line)
    if pulled.empty:
        output.say("nothing to do: the files declare the database as it is")
    elif check:
        output.say(f"{_counted(len(pulled.files))} would change")
    elif pulled.files and _may_write(session, pulled, auto_approve=auto_approve):
        write(session, pulled)
    tell_left_out(session, pulled)
    if check and not pulled.empty:
        click.get_current_context().exit(2)


def make(session: Session) -> "Pulled":
    """Pull, and say what is going on."""
    from schemadiff.api import pull

    target, project = session.target, session.project
    with session.output.progress() as progress:
        return pull(target.url, project, progress=progress)


def write(session: Session, pulled: "Pulled") -> None:
    """Write the files, and say which."""
    from schemadiff.api import write_pulled

    write_pulled(pulled, session.project)
    for file in pulled.files:
        word = "removed" if file.after is None else "changed" if file.before is not None else "created"
        session.output.say(f"{word}  {_relative(file.path)}")
    session.output.say(f"{_counted(len(pulled.files))} written: loaded into a scratch database, they are what live is")


def tell_left_out(session: Session, pulled: "Pulled") -> None:
    """What no file says, and why."""
    for note in pulled.notes:
        session.output.say(f"note: {note}")
    for name, path in pulled.by_templates:
        session.output.say(f"{name} is not what live has, and {_relative(path)} makes it: change the template by hand")
    if pulled.left_out:
        session.output.say("left out:")
    for left in pulled.left_out:
        session.output.say(f"  {left}")


def _may_write(session: Session, pulled: "Pulled", *, auto_approve: bool) -> bool:
    """New files are written at once; where files of the user's change, and somebody is there, he is asked."""
    changed = [file for file in pulled.files if file.before is not None]
    if not changed or auto_approve or not at_a_terminal():
        return True
    if click.confirm(f"change {_counted(len(changed))} that exist?", default=False, err=True):
        return True
    session.output.say("nothing was written")
    return False


def _diff(pulled: "Pulled") -> Iterator[str]:
    for file in pulled.files:
        name = _relative(file.path).as_posix()
        before, after = (text.splitlines() for text in (file.before or "", file.after or ""))
        names = (name if file.before is not None else "/dev/null", name if file.after is not None else "/dev/null")
        yield from difflib.unified_diff(before, after, *names, lineterm="")


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _counted(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
