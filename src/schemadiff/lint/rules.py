"""The list of rules, and the advice that they give on a plan. A new rule is a file beside this one and a line here."""

from collections.abc import Callable, Iterable

from schemadiff.lint.context import Context
from schemadiff.lint.foreign_key_without_index import foreign_key_without_index
from schemadiff.plans.advice import Advice

Rule = Callable[[Context], Iterable[Advice]]

RULES: tuple[Rule, ...] = (foreign_key_without_index,)


def advice_on(context: Context) -> tuple[Advice, ...]:
    """What all rules have to say, in the order of `RULES`."""
    return tuple(advice for rule in RULES for advice in rule(context))
