"""A person between a plan and the database."""

import sys

import click

from schemadiff.cli.output import Output
from schemadiff.errors import Refused


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def require_yes(output: Output, question: str) -> None:
    """Ask on the terminal; Refused without a terminal or after any answer but yes."""
    if not at_a_terminal():
        raise Refused(
            "not a terminal, so nobody can be asked: add --approve SHA (review.md and the headers of the scripts "
            "have it) or --auto-approve"
        )
    if not click.confirm(output.redacted(question), default=False, err=True):
        raise Refused("nothing was done")
