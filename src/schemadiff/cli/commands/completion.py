"""schemadiff completion: what a shell needs to complete commands, options and the names of plans."""

import click
from click.shell_completion import get_completion_class

from schemadiff.cli.settings.options import Session, session_command
from schemadiff.errors import ConfigError

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@session_command
def command(session: Session, *, shell: str) -> None:
    """Print a script for SHELL, to be read when the shell starts.

    It calls schemadiff while you type, which then reads the names of plans in the project, and nothing else.
    """
    from schemadiff.cli.main import cli

    found = get_completion_class(shell)
    if found is None:
        raise ConfigError(f"this version of click knows no completion for {shell}: update it")
    script = found(cli, {}, "schemadiff", "_SCHEMADIFF_COMPLETE").source()
    session.output.result(script.strip())
