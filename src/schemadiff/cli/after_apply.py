"""What follows `apply`: the commands of its caller are run, and those that a project wishes for are told."""

import subprocess

from schemadiff.cli.settings.after_apply import commands_after, wished_after
from schemadiff.cli.settings.options import Session
from schemadiff.errors import AfterApplyFailed


def run_after(session: Session, given: tuple[str, ...]) -> None:
    """Run the commands one after the other, up to the first that fails, and tell what else the project wishes for.

    Their output goes to stderr, where that of schemadiff does that is no result. Errors: AfterApplyFailed.
    """
    commands, output = commands_after(session, given), session.output
    for command in commands:
        output.say(f"\nthen: {command}")
        code = _run(session, command)
        if code != 0:
            raise AfterApplyFailed(
                f"the plan is applied, and the command behind it exited with {code}: {command}\nrun it again by hand, "
                "with what follows it: 'apply' has nothing left to do"
            )
    for wish in wished_after(session, commands):
        output.say(f"next, as this project wishes (not run; to run it: apply --then): {wish}")


def _run(session: Session, command: str) -> int:
    """The exit code of a command, whose lines are shown as they come."""
    with subprocess.Popen(
        command, shell=True, cwd=session.project.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            session.output.say(f"  {line.rstrip()}")
    return process.returncode
