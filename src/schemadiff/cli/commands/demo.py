"""schemadiff demo: a whole migration on a throwaway database, with the commands that a user would type."""

from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemadiff.cli.settings.options import Session, session_command

if TYPE_CHECKING:
    from schemadiff.api import Demo

_KEPT, _THROWAWAY = "demo_kept", "demo"
"""Names of the server and its database, so that no other demo ends one that is kept."""


@click.command("demo")
@click.option("--keep", is_flag=True, help="Leave the database and the project's folder behind, to play with.")
@click.option("--stop", is_flag=True, help="End a database that --keep left, and remove its folder.")
@session_command
def command(session: Session, *, keep: bool, stop: bool) -> None:
    """See a migration from plan to rollback on a throwaway database.

    It starts a Postgres of its own with a few thousand rows and touches nothing else.
    """
    from schemadiff.api import demo_database, stop_demo_database

    if stop:
        stop_demo_database(_KEPT)
        session.output.say("the demo's database is stopped and removed")
        return
    session.output.say("starting a Postgres with the database before the migration ...")
    with demo_database(_KEPT if keep else _THROWAWAY, keep=keep) as demo:
        session.output.conceal(demo.url)
        with _in_project(demo):
            _tour(session, demo)
        if keep:
            _say_how_to_go_on(demo)


def _tour(session: Session, demo: "Demo") -> None:
    """The scenes one after the other; ends with the first command that fails."""
    tour = _Tour(session)
    tour.scene(
        "A database in use",
        f"A Supabase-like Postgres ({demo.origin}) in {_shown(demo)}:\n{_rows(demo)}\n"
        "Every row needs its identifier in HubSpot before it can be written. The team wants to end that:\n"
        "the wanted schema stands in desired_schema/, plain SQL with some Jinja templates.\n"
        f"The project's folder is {demo.project}; its .env names the database.",
    )
    tour.scene(
        "Plan: compare, write the migration and its rollback, rehearse both",
        "Live is only read. Both scripts run on a scratch copy first: up must reach the wanted schema\n"
        "exactly, down must come back exactly, and migra as a second judge must agree.",
    )
    tour.run("plan", "--name", "dual_id", "--timings")
    plan = str(next(Path("plans").glob("*_dual_id")))
    tour.scene("Review: what a colleague reads in the pull request", f"This is {plan}/review.md.")
    tour.run("show", plan, "--format", "markdown")
    tour.scene(
        "Apply what was reviewed",
        "At a terminal it asks first; in a pipeline, --approve SHA makes sure that it is what was approved.",
    )
    tour.run("apply", plan, "--auto-approve")
    tour.scene("Verify and look back", "The plan's checks hold, and the database remembers what was done.")
    tour.run("verify", plan)
    tour.run("status")
    tour.scene("Roll it back", "The schema is again what it was; rows stay.")
    tour.run("rollback", plan, "--auto-approve")
    tour.say(_rows(demo))
    tour.scene("And apply it again", "The same plan fits, since the database is again what it was made for.")
    tour.run("apply", plan, "--auto-approve")
    tour.scene("Nothing is left to do", "A second plan is empty, and all rows are there.")
    tour.run("plan", "--name", "again")
    tour.say(_rows(demo))


class _Tour:
    """Runs commands as a user would type them, with words around them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._scenes = 0

    def scene(self, title: str, words: str) -> None:
        """Begin a scene."""
        from rich.rule import Rule
        from rich.text import Text

        self._scenes += 1
        output = self._session.output
        output.say("")
        output.show(Rule(Text(f"{self._scenes}  {title}", style="bold cyan"), align="left", style="cyan"))
        self.say(words)

    def say(self, words: str) -> None:
        """Words of the narrator."""
        self._session.output.say(words)

    def run(self, *arguments: str) -> None:
        """Show a command line and run it; leaves the demo with its exit code if that is not 0."""
        from rich.text import Text

        from schemadiff.cli.main import cli

        output = self._session.output
        output.say("")
        output.show(Text(f"$ schemadiff {' '.join(arguments)}", style="bold green"))
        # no variables: the caller's DATABASE_URL must never become the target of a demo
        session = Session(variables={}, debug=self._session.debug, output=output)
        code = cli.main(list(arguments), prog_name="schemadiff", standalone_mode=False, obj=session)
        if code:
            click.get_current_context().exit(int(code))


@contextmanager
def _in_project(demo: "Demo") -> Iterator[None]:
    """The demo's project, with its configuration, as the working directory."""
    from schemadiff.cli.commands.init import CONFIG_TEXT
    from schemadiff.config import CONFIG_NAME

    (demo.project / CONFIG_NAME).write_text(CONFIG_TEXT, encoding="utf-8")
    dotenv = demo.project / ".env"
    dotenv.touch(mode=0o600)
    dotenv.write_text(f"DATABASE_URL={demo.url}\n", encoding="utf-8")
    with chdir(demo.project):
        yield


def _rows(demo: "Demo") -> str:
    """A line for each table with its number of rows."""
    return "\n".join(f"  {table:<37} {rows:>5} rows" for table, rows in demo.rows().items())


def _shown(demo: "Demo") -> str:
    from schemadiff.connection_string import shown

    return shown(demo.url)


def _say_how_to_go_on(demo: "Demo") -> None:
    """The way in for whoever wants to play; the password was made for this throwaway server."""
    click.echo(
        f"\nThe database runs on:  {demo.url}\n"
        f"The project is in:     {demo.project}\n"
        "Try:                   cd there, change desired_schema/, then schemadiff plan\n"
        "To stop and remove it: schemadiff demo --stop",
        err=True,
    )
