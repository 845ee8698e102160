"""How an object is declared that a step creates: the words of its own statement, without what stands around them.

Only for the eye. The statements are those that the kinds write; of one that looks otherwise nothing is taken.
"""

import re
from collections.abc import Iterator

from schemadiff.catalog.sql import name_parts
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import Step
from schemadiff.plans.wording import name_of
from schemadiff.printable import one_line

_TYPES = (
    (re.compile(r"\bcharacter varying\b"), "varchar"),
    (re.compile(r"\btimestamp(\(\d\))? with time zone\b"), r"timestamptz\1"),
    (re.compile(r"\btimestamp(\(\d\))? without time zone\b"), r"timestamp\1"),
)
_CAST = re.compile(r"DEFAULT ('(?:[^']|'')*')::(\w+(?: varying)?)")
_MOST, _WIDTH = 12, 100


def declared(step: Step) -> str:
    """What a new column, index or policy is declared as; empty for others."""
    sql, holder = one_line(step.sql), name_of(step.holder or "")
    if step.kind == "column":
        name = name_parts(step.identity)[-1]
        _, found, words = sql.partition(f" ADD COLUMN {name} ")
        return _cut(shorter(words)) if found else ""
    if step.kind == "index":
        before, found, words = sql.partition(f" ON {holder} ")
        unique = " UNIQUE" if before.startswith("CREATE UNIQUE ") else ""
        return _cut(f"{unique} {words.removeprefix('USING btree ')}".strip()) if found else ""
    if step.kind == "policy":
        _, found, words = sql.partition(f"CREATE POLICY {step.identity} ")
        return _cut(words) if found else ""
    return ""


def bounds(step: Step) -> str:
    """The values for which a partition is attached; empty for others."""
    _, found, words = one_line(step.sql).partition(f" ATTACH PARTITION {step.identity} ")
    return _cut(words) if found and step.operation is StepOperation.ATTACH else ""


def clauses(step: Step) -> tuple[str, ...]:
    """The columns and constraints with which a table is created, a line each; of many only the first ones."""
    if step.operation is not StepOperation.CREATE or step.kind not in ("table", "foreign table"):
        return ()
    first, *lines = step.sql.split("\n")
    if not first.endswith("("):
        return ()
    found = list(_clauses(lines))
    if len(found) <= _MOST:
        return tuple(found)
    return (*found[: _MOST - 1], f"... {len(found) - _MOST + 1} more")


def shorter(words: str) -> str:
    """A declaration with types as people write them, and without the cast of a default to the column's own type."""
    type_ = words.partition(" ")[0]
    words = _CAST.sub(lambda found: f"DEFAULT {found[1]}" if found[2] == type_ else found[0], words)
    for pattern, short in _TYPES:
        words = pattern.sub(short, words)
    return words


def _clauses(lines: list[str]) -> Iterator[str]:
    """Each clause stands on a line of its own, four blanks from the margin; what is longer goes on further in."""
    for line in lines:
        if line.startswith(")"):
            return
        if line.startswith("    ") and not line.startswith("     "):
            name, _, words = line.strip().removesuffix(",").partition(" ")
            yield _cut(f"{name} {shorter(words)}".rstrip())


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 4].rpartition(' ')[0]} ..."
