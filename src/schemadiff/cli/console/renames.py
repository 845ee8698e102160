"""Renames on the command line: answers given as options, and questions asked on the terminal."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict, TypeVar

import click

from schemadiff.cli.console import approval
from schemadiff.cli.settings.options import Session

if TYPE_CHECKING:
    from schemadiff.api import PlanProgress, Rename, RenamePolicy

Command = TypeVar("Command", bound=Callable[..., object])
Made = TypeVar("Made")


class RenameArguments(TypedDict):
    """What `rename_options` hand to a command: the mode, pairs of names, and old names that are not renamed."""

    renames: str
    rename: tuple[tuple[str, str], ...]
    no_rename: tuple[str, ...]


def rename_options(function: Command) -> Command:
    """Add --renames, --rename and --no-rename; the command gets them as RenameArguments."""
    for option in (
        click.option(
            "--no-rename", metavar="OLD", multiple=True,
            help="OLD is dropped with its data, whatever looks like it.",
        ),
        click.option(
            "--rename", metavar="OLD=NEW", multiple=True, callback=_pairs,
            help="NEW is OLD under another name (qualified names).",
        ),
        click.option(
            "--renames", type=click.Choice(["ask", "refuse", "never"]), default="ask", show_default=True,
            help="A drop beside a look-alike add: ask (refuse without a terminal), refuse, or drop and add.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def with_answers(
    session: Session, answers: RenameArguments, make: Callable[["RenamePolicy", "PlanProgress"], Made]
) -> Made:
    """What `make` returns once every question about a rename is answered; it gets the policy and progress.

    Errors: those of `make`; UnansweredRenames when nobody can or may be asked.
    """
    from schemadiff.api import RenameMode, RenamePolicy, UnansweredRenames

    policy = RenamePolicy(RenameMode(answers["renames"]), answers["rename"], answers["no_rename"])
    while True:
        try:
            with session.output.progress() as progress:
                return make(policy, progress)
        except UnansweredRenames as error:
            if policy.mode is not RenameMode.ASK or not approval.at_a_terminal():
                raise
            for question in error.questions:
                policy = _answered(session, policy, question)


def _answered(session: Session, policy: "RenamePolicy", question: "Rename") -> "RenamePolicy":
    """The policy with the answer of the person at the terminal, if it is still open."""
    old, new = str(question.old.name), str(question.new.name)
    taken = {name for pair in policy.renamed for name in pair} | set(policy.kept)
    if old in taken or new in taken:
        return policy
    session.output.say(f"yes: {question.if_renamed}\nno: {question.if_another}")
    if click.confirm(session.output.redacted(f"is {question.new} the renamed {question.old}?"), err=True):
        return replace(policy, renamed=(*policy.renamed, (old, new)))
    return replace(policy, kept=(*policy.kept, old))


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for value in values:
        old, equals, new = value.partition("=")
        if not (old and equals and new):
            raise click.BadParameter(f"{value!r} is not of the form OLD=NEW", ctx, param)
        pairs.append((old, new))
    return tuple(pairs)
