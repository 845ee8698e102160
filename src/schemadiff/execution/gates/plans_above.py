"""Newer plans that stand on a database above the one that is rolled back: whether both commute."""

import json
from collections.abc import Iterator

from schemadiff.errors import DriftRefused, PlanFileError
from schemadiff.execution.gates.unrelated import Live
from schemadiff.execution.record.ledger import Ledger
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.directory.serialization import from_json


def plans_above(ledger: Ledger, plan: str) -> tuple[str, ...]:
    """The plans that were applied after this one and still stand, the latest first."""
    standing: dict[str, bool] = {}
    for run in ledger.runs() if ledger.exists() else ():
        if not run.effective:
            continue
        if run.plan == plan and run.direction is Direction.UP:
            return tuple(name for name, stands in standing.items() if stands)
        standing.setdefault(run.plan, run.direction is Direction.UP and run.plan != plan)
    return ()


def refuse_rows_of_others(plan_file: PlanFile, live: Live, ledger: Ledger, above: tuple[str, ...]) -> None:
    """Errors: DriftRefused where a newer plan has filled rows of tables that this one changes."""
    for name in above:
        shared = sorted({f"table {table}" for table in _filled(ledger, name) if live.changes_table(table)})
        if shared:
            raise DriftRefused(
                f"plan {plan_file.name} cannot be rolled back below plan {name}, which stands above it and has filled "
                f"rows of {', '.join(shared)}; nothing was run: roll that back first:\n  schemadiff rollback {name}\n"
                f"  schemadiff rollback {plan_file.directory}"
            )


def _filled(ledger: Ledger, plan: str) -> Iterator[str]:
    """The tables that a plan's backfills change, as far as the ledger keeps the plan."""
    kept = ledger.kept(plan)
    if kept is None or kept.plan_json is None:
        return
    try:
        segments = from_json(json.loads(kept.plan_json)).up.segments
    except (PlanFileError, ValueError):
        return
    yield from (segment.backfill.table for segment in segments if segment.backfill is not None)
