"""When each preflight is asked, and what it found in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from schemadiff.catalog.statements.statement import Preflight
from schemadiff.plans.finding import Finding
from schemadiff.plans.model import Script


def asked_before(script: Script) -> dict[int | None, list[Preflight]]:
    """The preflights by the number of the segment right before which they are asked; None: before all.

    One waits for its segment where its query needs what comes before, and where a backfill that runs
    earlier may fix the rows.
    """
    sqls = [[step.sql for step in segment.steps] for segment in script.segments]
    filled = [segment.backfill.table if segment.backfill else None for segment in script.segments]
    return placed(script.preflights, sqls, filled)


def placed(
    preflights: Iterable[Preflight], statements: Sequence[Sequence[str]], filled: Sequence[str | None]
) -> dict[int | None, list[Preflight]]:
    """The same, for segments that hold `statements` and of which a backfill fills the table in `filled`."""
    found: dict[int | None, list[Preflight]] = defaultdict(list)
    numbers: dict[str, int] = {}
    for number, texts in enumerate(statements, 1):
        for text in texts:
            numbers.setdefault(text.strip(), number)
    for preflight in preflights:
        number = numbers.get(preflight.statement.strip(), 0)
        fixed = any(table and _is_one_of(table, preflight.tables) for table in filled[: max(number - 1, 0)])
        found[number if number and (preflight.waits or fixed) else None].append(preflight)
    return dict(found)


def in_words(found: Finding) -> str:
    """How many rows are in the way, what is wrong with them, and what the query below does about it."""
    if found.more and found.count == 1:
        return f"at least 1 row {found.problem.of_rows(1)}; this query fails at it"
    number = f"more than {found.count}" if found.more else str(found.count)
    return f"{number} {'row' if number == '1' else 'rows'} {found.problem.of_rows(found.count)}; list them"


def _is_one_of(table: str, tables: Iterable[str]) -> bool:
    return table.replace('"', "") in {other.replace('"', "") for other in tables}
