"""What was reviewed for a small table does not run where it is large: it would lock it for as long as it works."""

from collections.abc import Iterator

from schemadiff.catalog.reading.loads import TableLoad, read_loads
from schemadiff.connection import Connection
from schemadiff.errors import TableGrown
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.forecast import Blocked, Forecast, forecasts
from schemadiff.plans.quantities import described

_GROWN = 2
"""From so many times the size on, a table has grown: one that was nearly large at the review is no other table now."""


def refuse_grown_tables(plan_file: PlanFile, connection: Connection) -> None:
    """Errors: TableGrown where up reads or rewrites tables under a lock that were small when the plan was made, and
    are large on the database behind `connection`.
    """
    reviewed = {load.table: load for load in plan_file.plan.loads if not load.large}
    worked_on = {name: waiting for waiting in _lasting(plan_file) for name in _tables(waiting) if name in reviewed}
    grown = [now for now in read_loads(connection, worked_on) if _has_grown(reviewed[now.table], now)]
    if grown:
        lines = "\n".join(
            f"  {described(now.table, reviewed[now.table])} when it was reviewed is now {described(now.table, now)}: "
            f"{worked_on[now.table].words({})}"
            for now in grown
        )
        raise TableGrown(
            f"plan {plan_file.name} was reviewed for smaller tables, and nothing was run:\n{lines}\n"
            f"make it again for this database, which takes another form for large tables where there is one: "
            f"schemadiff rebase {plan_file.name}"
        )


def _lasting(plan_file: PlanFile) -> Iterator[Forecast]:
    """What keeps reads or writes waiting while it works."""
    for segment in plan_file.plan.up.segments:
        yield from (one for one in forecasts(segment) if one.work and one.blocked >= Blocked.WRITES)


def _tables(waiting: Forecast) -> tuple[str, ...]:
    """Those that are worked on, and those that wait for it."""
    return (*waiting.relations, *waiting.work.rewritten, *waiting.work.scanned)


def _has_grown(before: TableLoad, now: TableLoad) -> bool:
    more_rows = (now.rows or 0) >= _GROWN * (before.rows or 0)
    return now.large and (more_rows or now.bytes >= _GROWN * before.bytes)
