"""What an action reaches, in words."""

from collections.abc import Iterable

from schemadiff.access.reach import Extent, Reach, Rule
from schemadiff.access.row_security import NO_POLICY
from schemadiff.catalog.sql import Quoted, last_name, name_parts

NOBODY_SEES = "nobody sees a row any more"

_LONGEST = 90
_MOST = 6


def told(reach: Reach) -> str:
    """What an action reaches, or why nothing."""
    if not reach.reaches:
        if reach.hidden:
            return f"no rows: {reach.obstacle}"
        return f"fails: {reach.obstacle}" if reach.fails else "no"
    words = _rows(reach)
    if reach.columns is not None:
        words += f" in columns {_listed(reach.columns)}"
    if reach.acting is not None:
        words += f", with the rights of {reach.acting}"
        words += f", reading {_tables(reach.reads)}" if reach.reads else ""
    return words


def of_routine(reach: Reach) -> str:
    """Whether a routine, sequence or schema is open to a role."""
    if not reach.reaches:
        return told(reach)
    return f"yes, with the rights of {reach.acting}" if reach.acting is not None else "yes"


def _rows(reach: Reach) -> str:
    if reach.extent is Extent.EVERYTHING:
        return "all rows"
    if not reach.permits and not reach.demands:
        return "some rows"
    words = f"rows by {_policies(reach.permits)}" if reach.permits else "rows"
    return f"{words} that also fulfil {_policies(reach.demands)}" if reach.demands else words


def _policies(rules: Iterable[Rule]) -> str:
    return ", ".join(f"{rule.name} ({_short(rule.condition)})" for rule in sorted(rules, key=lambda rule: rule.name))


def _short(condition: str) -> str:
    line = " ".join(condition.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _listed(names: Iterable[str]) -> str:
    found = sorted(names)
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return ", ".join(found[:_MOST]) + more


def _tables(read: Iterable[Quoted]) -> str:
    """Relations with their columns in brackets."""
    columns: dict[str, list[str]] = {}
    for name in sorted(read):
        parts = name_parts(name)
        relation = ".".join(parts[:2])
        columns.setdefault(relation, []).extend([last_name(name)] if len(parts) > 2 else [])
    return "; ".join(f"{name} ({_listed(found)})" if found else name for name, found in columns.items())


def hides_all(before: Reach, after: Reach) -> bool:
    """Whether row-level security hides all rows that were seen before, since no policy lets any through."""
    return before.reaches and after.hidden and after.obstacle == NO_POLICY
