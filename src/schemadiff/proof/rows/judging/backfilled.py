"""What the user's own data steps may change: a plan need not keep those values and rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.sql import Quoted, Sql, quote_ident
from schemadiff.desired.reading.parse_tree import Tree, listed, nodes, parse, table_name
from schemadiff.difference.sides import Sides
from schemadiff.planning.preflights.relatives import meant, related
from schemadiff.plans.filling import archives, gives_back
from schemadiff.plans.model import BothWays


@dataclass(frozen=True, slots=True)
class Backfilled:
    """Tables that backfills follow and write, and the columns that they set; with `everything`, triggers may set any.

    What they do to a partitioned table they do to its partitions.
    """

    tables: frozenset[Quoted]
    columns: frozenset[tuple[Quoted, Quoted]]
    everything: bool

    @classmethod
    def of(cls, scripts: BothWays, sides: Sides) -> "Backfilled":
        """What the backfills of both scripts change, going by their parse trees."""
        segments = (*scripts.up.segments, *scripts.down.segments)
        backfills = [one.backfill for one in segments if one.backfill and not (gives_back(one) or archives(one))]
        columns = frozenset(
            (table, column)
            for backfill in backfills
            for name, column in _set_columns(backfill.whole())
            for table in related(meant(name, sides), sides)
        )
        followed = {Quoted(backfill.table) for backfill in backfills}
        written = {table for backfill in backfills for name in backfill.writes for table in meant(name, sides)}
        tables = related(followed | written, sides)
        triggers = (trigger for side in sides for table in tables for trigger in side.having(Trigger, "table", table))
        return cls(tables, columns, everything=any(triggers))

    def sets(self, table: Quoted, column: Quoted) -> bool:
        """Whether a backfill may change a value of the column."""
        return self.everything or (table, column) in self.columns


def _set_columns(sql: Sql) -> Iterator[tuple[str, Quoted]]:
    """The columns that the UPDATEs and upserts in a statement set, each with its table as it is named there."""
    tag, tree = parse(sql)
    for node in nodes({tag: tree}):
        update, insert = cast(Tree, node.get("UpdateStmt", {})), cast(Tree, node.get("InsertStmt", {}))
        for relation, setting in ((update, update), (insert, cast(Tree, insert.get("onConflictClause", {})))):
            for target in listed(setting, "targetList"):
                yield table_name(cast(Tree, relation["relation"])), quote_ident(str(target["ResTarget"]["name"]))
