"""The command line: its commands, loaded when they are used, and what errors become."""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Never

import click

from schemadiff import __version__
from schemadiff.api import unwinding_on_termination
from schemadiff.cli.console.envelope import Failure
from schemadiff.cli.console.lasting_streams import open_streams
from schemadiff.cli.examples import EXAMPLES
from schemadiff.cli.settings.libpq_variables import hidden
from schemadiff.cli.settings.options import Session
from schemadiff.errors import SchemadiffError
from schemadiff.printable import printable, without_commands
from schemadiff.server_errors import traceback_without_values, words_of
from schemadiff.toml_table import nearest

COMMANDS = {
    "init": "Start a project in this folder.",
    "pull": "Write the files that declare the live database.",
    "plan": "Compare live with the desired schema and write a migration to review.",
    "rebase": "Make a reviewed plan again, and show what the review no longer covers.",
    "show": "Show a plan: what changes, how risky it is, and how it is rolled back.",
    "prove": "Prove a plan whose scripts were edited by hand, and stamp it.",
    "approve": "Sign a plan with your SSH key.",
    "apply": "Run a plan on the live database.",
    "rollback": "Roll an applied plan back.",
    "mark-applied": "Record that another tool has run a plan's script.",
    "adopt": "Bring the Supabase CLI's files and ledger together with ours.",
    "verify": "Run the checks of a plan on the live database.",
    "status": "Show what was applied to the live database, and when.",
    "purge": "Remove for good what plans put into the archive.",
    "snapshot": "Write what planning asks of live to a file, without rows.",
    "drift": "Show where the live database is not what the files declare.",
    "access": "Show what roles can really do with every object.",
    "lint": "Show what the rules find in the schema, and how to fix it.",
    "types": "Write the types of the API's schemas for clients in TypeScript.",
    "diff": "Print the SQL that turns one database or folder of SQL into another.",
    "demo": "See it all on a throwaway database.",
    "render": "Print the SQL that a template stands for.",
    "dev": "Watch the files, and bring a local database along.",
    "mcp": "Serve tools that only read to an agent.",
    "completion": "Print what completes commands, options and plans in your shell.",
}
"""Every command and its line in the help; command NAME is `command` in cli/commands/NAME.py, with _ for -."""

_EPILOG = """\b
Exit codes: 0 done or nothing to do, 1 error, 2 changes or drift pending (with --exit-code),
3 refused, nothing was done; 4 applied, but a check does not hold; 130 interrupted."""


class Misuse(click.UsageError):
    """Wrong usage; it exits with 1, since 2 is the word for pending changes."""

    exit_code = 1

    def format_message(self) -> str:
        """What was wrong, in which a name may be anybody's."""
        return without_commands(printable(super().format_message(), keep="\n"))


class Commands(click.Group):
    """The group of all commands; each one's module is imported when the command runs."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """As click does it, with our exit code for wrong usage."""
        typed = list(args)
        try:
            context = super().make_context(info_name, args, parent, **extra)
            context.ensure_object(Session).output.envelope.addressed(typed)
            return context
        except click.UsageError as error:
            raise Misuse(error.format_message(), error.ctx) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which a new user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"schemadiff.cli.commands.{cmd_name.replace('-', '_')}").command
        lines = "\n".join(f"  {line}" for line in EXAMPLES[cmd_name])
        command.epilog = f"\b\nExamples:\n{lines}"
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` name; the error for an unknown name suggests the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"no such command {args[0]!r}; {nearest(args[0], tuple(COMMANDS))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their lines, without importing one of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn every error into a message and an exit code."""
        session = ctx.ensure_object(Session)
        output = session.output
        try:
            with hidden():
                returned = super().invoke(ctx)
            output.close(0)
            return returned
        except click.UsageError as error:
            output.close(1, Failure.of("usage", error.format_message()))
            raise Misuse(error.format_message(), error.ctx) from error
        except click.ClickException as error:
            output.close(error.exit_code, Failure.of("usage", error.format_message()))
            raise
        except click.exceptions.Exit as ended:
            output.close(ended.exit_code)
            raise
        except (KeyboardInterrupt, click.Abort):
            output.say("interrupted")
            output.close(130, Failure.of("interrupted", "interrupted: the same command goes on"))
            ctx.exit(130)
        except Exception as error:
            output.say(_message(error, debug=session.debug))
            code = error.exit_code if isinstance(error, SchemadiffError) else 1
            output.close(code, _failure(error))
            ctx.exit(code)


def _failure(error: Exception) -> Failure:
    message = _message(error, debug=False).removeprefix("error: ")
    if isinstance(error, SchemadiffError):
        return Failure.of(error.code, message)
    return Failure.of("file" if isinstance(error, OSError) and error.strerror else "unexpected", message)


def _message(error: Exception, *, debug: bool) -> str:
    if debug:
        return traceback_without_values(error)
    if isinstance(error, SchemadiffError):
        return f"error: {error}".replace(f"{Path.cwd()}/", "")
    if isinstance(error, OSError) and error.strerror:
        return f"error: {error.strerror.lower()}{f': {error.filename}' if error.filename else ''}"
    detail = f"{type(error).__name__}: {words_of(error)}".strip()
    return f"unexpected error: {detail}\nadd --debug to the command to see where it came from"


@click.command(
    cls=Commands, epilog=_EPILOG, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="schemadiff")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Migrate a Postgres database to the schema that SQL files declare, and back."""
    ctx.ensure_object(Session)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> Never:
    """The entry point `schemadiff`."""
    # A catalog is many objects that all stay: collecting garbage among them again and again finds none.
    gc.set_threshold(1_000_000, 50, 100)
    # What reads from a server asks the next question at once, also while another thread is busy.
    sys.setswitchinterval(0.0005)
    open_streams()
    try:
        with unwinding_on_termination():
            cli(prog_name="schemadiff")
    except SystemExit as ended:
        _leave(ended)
    raise AssertionError("click ends with SystemExit")


def _leave(ended: SystemExit) -> Never:
    """End the process without freeing large catalogs object by object, for which nobody should have to wait."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        raise ended from None
    if ended.code is not None and not isinstance(ended.code, int):
        raise ended
    os._exit(ended.code or 0)
