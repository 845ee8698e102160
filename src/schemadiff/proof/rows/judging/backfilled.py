"""What the user's own data steps may change: a plan need not keep those values and rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.sql import Quoted, Sql, quote_ident
from schemadiff.desired.reading.parse_tree import Tree, listed, nodes, parse
from schemadiff.difference.sides import Sides
from schemadiff.plans.model import BothWays


@dataclass(frozen=True, slots=True)
class Backfilled:
    """Tables that backfills follow, and the columns that they set; with `everything`, triggers may set any value."""

    tables: frozenset[Quoted]
    columns: frozenset[tuple[Quoted, Quoted]]
    everything: bool

    @classmethod
    def of(cls, scripts: BothWays, sides: Sides) -> "Backfilled":
        """What the backfills of both scripts change, going by their parse trees."""
        segments = (*scripts.up.segments, *scripts.down.segments)
        backfills = [segment.backfill for segment in segments if segment.backfill is not None]
        tables = frozenset(Quoted(backfill.table) for backfill in backfills)
        columns = frozenset(
            (Quoted(backfill.table), quote_ident(name))
            for backfill in backfills
            for name in _set_columns(backfill.whole())
        )
        triggers = (trigger for side in sides for table in tables for trigger in side.having(Trigger, "table", table))
        return cls(tables, columns, everything=any(triggers))

    def sets(self, table: Quoted, column: Quoted) -> bool:
        """Whether a backfill may change a value of the column."""
        return self.everything or (table, column) in self.columns


def _set_columns(sql: Sql) -> Iterator[str]:
    """The columns that the UPDATEs and upserts in a statement set."""
    tag, tree = parse(sql)
    for node in nodes({tag: tree}):
        for name in ("UpdateStmt", "onConflictClause"):
            targets = listed(cast(Tree, node.get(name, {})), "targetList")
            yield from (str(target["ResTarget"]["name"]) for target in targets)
