"""The whole access matrix on the terminal."""

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from schemadiff.printable import one_line

if TYPE_CHECKING:
    from schemadiff.access.told import ToldCell


def matrix_table(cells: "Iterable[ToldCell]") -> Table:
    """A line for each object, role and outcome; actions with the same outcome share one."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    for heading in ("object", "role", "action", "reaches"):
        table.add_column(heading, overflow="fold")
    for (kind, identity), of_object in groupby(cells, key=lambda cell: (cell.kind, cell.identity)):
        outcomes: dict[tuple[str, str, bool], list[str]] = {}
        for cell in of_object:
            outcomes.setdefault((cell.role, cell.reach, cell.allowed), []).append(cell.action)
        named = f"{kind} {identity}"
        for (role, reach, allowed), actions in sorted(outcomes.items(), key=lambda item: item[0][0]):
            style = "" if allowed else "dim"
            cells_of_line = (named, role, ", ".join(dict.fromkeys(actions)), reach)
            table.add_row(*(Text(one_line(text), style=style) for text in cells_of_line))
            named = ""
    return table
