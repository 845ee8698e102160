"""What is applied where: one column an environment, one line a plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemadiff.printable import one_line

if TYPE_CHECKING:
    from rich.table import Table

    from schemadiff.api import Direction, Status


@dataclass(frozen=True, slots=True)
class EnvironmentStatus:
    """An environment's ledger, or why it could not be read."""

    database: str
    status: "Status | None" = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands in one environment: `state` is waiting, applied, rolled-back or half-done."""

    state: str
    when: str = ""
    who: str = ""

    def __str__(self) -> str:
        if not self.when:
            return "waits"
        return f"{self.state.replace('-', ' ')} {self.when} by {one_line(self.who)}"


def standing(status: "Status", plan: str) -> Standing:
    """How a plan stands on the database whose ledger this is."""
    run = next((run for run in status.runs if run.effective and run.plan == plan), None)
    if run is None:
        return Standing("waiting")
    state = _state(run.direction, run.state == "done")
    return Standing(state, f"{run.started_at:%Y-%m-%d %H:%M}", run.who)


def _state(direction: "Direction", done: bool) -> str:
    return direction.choose("applied", "rolled-back") if done else "half-done"


def all_plans(written: tuple[str, ...], found: Mapping[str, EnvironmentStatus]) -> tuple[str, ...]:
    """Every plan that lies in the folder or that a ledger knows, the earliest first."""
    known = {run.plan for one in found.values() if one.status for run in one.status.runs if run.effective}
    return tuple(sorted({*written, *known}))


def environments_table(plans: tuple[str, ...], found: Mapping[str, EnvironmentStatus]) -> "Table":
    """The plans by environment; one that does not answer has no column."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    answering = {name: one.status for name, one in found.items() if one.status is not None}
    for title in ("plan", *answering):
        table.add_column(Text(one_line(title)), overflow="fold")
    for plan in plans:
        cells = (str(standing(status, plan)) for status in answering.values())
        table.add_row(Text(one_line(plan)), *map(Text, cells))
    return table


def environments_document(plans: tuple[str, ...], found: Mapping[str, EnvironmentStatus]) -> dict[str, object]:
    """The same for programs."""
    return {
        "environments": {
            name: {
                "database": one.database,
                "error": one.error or None,
                "runner": one.status.runner if one.status else None,
                "plans": {} if one.status is None else _plans(one.status, plans),
            }
            for name, one in found.items()
        }
    }


def _plans(status: "Status", plans: tuple[str, ...]) -> dict[str, object]:
    standings = {plan: standing(status, plan) for plan in plans}
    return {
        plan: {"state": one.state, "when": one.when or None, "who": one.who or None} for plan, one in standings.items()
    }
