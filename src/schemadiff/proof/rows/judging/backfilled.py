"""What the user's own data steps may change: those values and rows are not a plan's to keep."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from pglast import parser

from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.sql import quote_ident
from schemadiff.difference.sides import Sides
from schemadiff.plans.model import BothWays


@dataclass
class Backfilled:
    """Columns that backfills set, by table; with `everything`, triggers may have changed any value."""

    columns: set[tuple[str, str]] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    everything: bool = False

    @classmethod
    def of(cls, scripts: BothWays, sides: Sides) -> "Backfilled":
        """What the backfills of both scripts change, going by their text."""
        found = cls()
        for segment in (*scripts.up.segments, *scripts.down.segments):
            if segment.backfill is None:
                continue
            found.tables.add(segment.backfill.table)
            tree = json.loads(parser.parse_sql_json(segment.backfill.whole()))
            targets = list(_targets(tree))
            found.columns.update((segment.backfill.table, quote_ident(name)) for name in targets)
        found.everything = any(
            isinstance(built, Trigger) and built.table in found.tables for catalog in sides for built in catalog
        ) if found.tables else False  # fmt: skip
        return found

    def sets(self, table: str, column: str) -> bool:
        """Whether a value of the column may be another one after a backfill."""
        return self.everything or (table, column) in self.columns


def _targets(node: object) -> Iterator[str]:
    """The columns that UPDATE statements in a parse tree set."""
    if isinstance(node, list):
        for one in node:
            yield from _targets(one)
    elif isinstance(node, dict):
        for name, inner in node.items():
            if name in ("UpdateStmt", "onConflictClause"):
                yield from (target["ResTarget"]["name"] for target in inner.get("targetList", ()))
            yield from _targets(inner)
