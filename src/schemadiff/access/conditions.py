"""Which of two conditions lets more rows through, where their words alone tell."""

from collections.abc import Iterator

from schemadiff.access.reach import Reach, Rule


def gains_by_conditions(old: Reach, new: Reach) -> bool:
    """Whether policies of `new` certainly let through what those of `old` did, and some of them have weaker conditions.

    A condition is weaker with one more alternative, `a OR b` for `a`, or one demand less, `a` for `a AND b`.
    """
    return _keeps(old, new) and not _keeps(new, old)


def _keeps(old: Reach, new: Reach) -> bool:
    permits = all(any(_covers(rule, other) for rule in new.permits) for other in old.permits)
    return permits and all(any(_covers(rule, other) for other in old.demands) for rule in new.demands)


def _covers(rule: Rule, other: Rule) -> bool:
    """Whether `rule` lets through whatever `other` does."""
    either, all_of = parts(other.condition, "OR"), parts(other.condition, "AND")
    return either <= parts(rule.condition, "OR") or parts(rule.condition, "AND") <= all_of


def parts(condition: str, word: str) -> frozenset[str]:
    """The operands of an expression of OR or AND as the server prints it; the expression itself where it is none."""
    inner = _bare(condition)
    borders = [place for place in _outside(inner) if inner.startswith(f" {word} ", place)]
    starts = [0, *(place + len(word) + 2 for place in borders)]
    return frozenset(_bare(inner[start:end]) for start, end in zip(starts, (*borders, len(inner)), strict=True))


def _bare(text: str) -> str:
    """An expression without parentheses around all of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and 0 not in _closings(text[:-1]):
        text = text[1:-1].strip()
    return text


def _closings(text: str) -> Iterator[int]:
    """How deep in parentheses one is behind each closing one."""
    depth, quote = 0, ""
    for character in text:
        if quote or character in "'\"":
            quote = "" if character == quote else quote or character
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            yield depth


def _outside(text: str) -> Iterator[int]:
    """The places that stand in no parentheses, brackets or quotes."""
    depth, quote = 0, ""
    for place, character in enumerate(text):
        if quote or character in "'\"":
            quote = "" if character == quote else quote or character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif depth == 0:
            yield place
