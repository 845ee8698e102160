"""A person between a plan and the database."""

import sys

import click

from schemadiff.cli.console.output import Output
from schemadiff.errors import Refused


def at_a_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


_INSTEAD = "--approve SHA (review.md and the headers of the scripts have it) or --auto-approve"


def require_yes(output: Output, question: str, instead: str = _INSTEAD) -> None:
    """Ask on the terminal; Refused without a terminal, naming what to add `instead`, or after any answer but yes."""
    if not at_a_terminal():
        raise Refused(f"not a terminal, so nobody can be asked: add {instead}")
    if not click.confirm(output.redacted(question), default=False, err=True):
        raise Refused("nothing was done")
