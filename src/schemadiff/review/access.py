"""What a plan changes in what roles can do, as a table: the cells that differ, widening first."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from schemadiff.access.change import AccessChange, Shift
from schemadiff.plans.model import Plan
from schemadiff.printable import one_line

_ORDER = tuple(Shift)
_STYLE = {Shift.WIDENS: "bold red", Shift.BREAKS: "red", Shift.NARROWS: "green", Shift.CHANGES: "yellow"}


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One line of the table; actions that go the same way share it."""

    object: str
    roles: str
    actions: str
    before: str
    after: str
    shift: Shift
    why: str

    @property
    def widens(self) -> bool:
        """Whether the roles get at more."""
        return self.shift is Shift.WIDENS


def access_lines(plan: Plan) -> tuple[AccessLine, ...]:
    """The differences in what roles can do, what widens first."""
    grouped: dict[tuple[object, ...], list[AccessChange]] = {}
    for change in plan.access:
        key = (change.object, change.roles, change.before, change.after, change.shift)
        grouped.setdefault(key, []).append(change)
    lines = [_line(changes) for changes in grouped.values()]
    return tuple(sorted(lines, key=lambda line: _ORDER.index(line.shift)))


def _line(changes: list[AccessChange]) -> AccessLine:
    first = changes[0]
    actions = ", ".join(change.action for change in changes)
    before, after = first.before, first.after
    return AccessLine(first.object, ", ".join(first.roles), actions, before, after, first.shift, first.why)


def access_table(plan: Plan) -> Iterator[Table]:
    """The same for the terminal; nothing where no role can do more or less."""
    lines = access_lines(plan)
    if not lines:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1), title_justify="left", header_style="dim")
    for heading in ("access", "role", "action", "before", "after"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        after = f"{line.after} ({line.why})" if line.why and line.why not in line.after else line.after
        cells = (line.object, line.roles, line.actions, line.before, after)
        table.add_row(*(Text(one_line(cell), style=_STYLE[line.shift]) for cell in cells))
    yield table
