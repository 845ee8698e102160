"""What a person sees: results on stdout, everything else on stderr, never a password."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from schemadiff.cli.console.envelope import Envelope, Failure
from schemadiff.connection_string import secrets_of, without_password
from schemadiff.printable import printable, printable_json, without_commands

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_MARKED = re.compile(r"\[-(?P<found>.*?)-\]|\{\+(?P<expected>.*?)\+\}", re.DOTALL)
"""Words that only one of two texts has, as `schemadiff.difference.highlighting` marks them."""


def _painted(mark: re.Match[str]) -> str:
    """Marked words in colour, with the signs that say the same without it."""
    lines = mark[0].split("\n")
    color = "red" if mark["found"] is not None else "green"
    return "\n".join(click.style(line, fg=color) for line in lines)


class Output:
    """The two streams of one run. `color` None means: as the terminal and NO_COLOR say."""

    def __init__(self) -> None:
        self.color: bool | None = None
        self.quiet = False
        self.envelope = Envelope()
        self._secrets: set[str] = set()

    def conceal(self, url: str) -> None:
        """Keep the password of `url` out of everything printed from now on."""
        self._secrets |= secrets_of(url)

    def redacted(self, text: str) -> str:
        """`text` without the passwords in it, and without what would steer a terminal or a log."""
        return without_commands(printable(self._concealed(text), keep="\n\t"))

    def _concealed(self, text: str) -> str:
        text = without_password(text)
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def result(self, text: str) -> None:
        """Print what the command was asked for."""
        click.echo(without_commands(printable(text, keep="\n\t")))

    def result_sql(self, text: str) -> None:
        """Print SQL that means exactly the same, with names and strings spelled so that they steer nothing."""
        from schemadiff.review.script_text import script_text

        shown, exact = script_text(text)
        if not exact:
            self.say("warning: the script holds characters that are shown as blanks; run the file, not this text")
        click.echo(shown)

    def result_commands(self, commands: Iterable[str]) -> None:
        """Print what is meant as commands to a system that builds: no name in them ends one or begins another."""
        for command in commands:
            click.echo(self._concealed(printable(command)))

    def result_document(self, document: Mapping[str, object]) -> None:
        """Print what the command was asked for as JSON, once it is known how the command ends."""
        self.envelope.document = document

    def close(self, exit_code: int, failure: Failure | None = None) -> None:
        """Print the document of a command that has ended, with the error that ended it if one did."""
        told = None if failure is None else replace(failure, message=self.redacted(failure.message))
        closed = self.envelope.closed(exit_code, told)
        if closed is not None:
            self.result_json(closed, lines=self.envelope.lines)

    def result_json(self, document: object, *, lines: bool = False) -> None:
        """Print JSON of a form that others define, in one line with `lines`."""
        import json  # not for those who read --help

        click.echo(printable_json(json.dumps(document, indent=None if lines else 2, ensure_ascii=False, default=str)))

    def result_marked(self, text: str) -> None:
        """Print words of a result in which differing words are marked; on a terminal they are painted."""
        self._echo_marked(text, err=False)

    def say(self, text: str) -> None:
        """Print a message for the person who watches."""
        self._echo_marked(text, err=True)

    def _echo_marked(self, text: str, *, err: bool) -> None:
        text = self.redacted(text)
        stream = sys.stderr if err else sys.stdout
        if self.color is not False and stream.isatty() and "NO_COLOR" not in os.environ:
            text = _MARKED.sub(_painted, text)
        click.echo(text, err=err)

    def show(self, renderable: "RenderableType") -> None:
        """Print a rich renderable for the person who watches."""
        self._render(self.console(), renderable)

    def result_rendered(self, renderable: "RenderableType") -> None:
        """Print a rich renderable as the result."""
        self._render(self.console(stderr=False), renderable)

    @staticmethod
    def _render(console: "Console", renderable: "RenderableType") -> None:
        """Print, outside of a terminal without the blanks that fill a table's last column."""
        if console.is_terminal:
            console.print(renderable)
            return
        with console.capture() as shown:
            console.print(renderable)
        for line in shown.get().splitlines():
            click.echo(without_commands(line.rstrip()), err=console.stderr)

    def console(self, *, stderr: bool = True) -> "Console":
        """A rich console on stderr or stdout that respects --no-color."""
        from schemadiff.cli.console.safe_console import SafeConsole

        stream = sys.stderr if stderr else sys.stdout
        return SafeConsole(
            stderr=stderr,
            color_system=None if self.color is False else "auto",
            width=None if stream.isatty() else 110,
            highlight=False,
            markup=False,
            emoji=False,
        )

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """A function to say what is being done: a spinner on a terminal, lines elsewhere."""
        if self.quiet:
            yield lambda message: None
        elif not sys.stderr.isatty():
            yield self.say
        else:
            from rich.text import Text

            with self.console().status("") as status:
                yield lambda message: status.update(Text(self.redacted(message), style="dim"))
