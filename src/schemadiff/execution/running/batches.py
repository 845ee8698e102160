"""A backfill in batches along its key: each batch commits with the ledger row that says how far it came."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.connection import Connection
from schemadiff.desired.data_steps.batch import batch_places, with_batch
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.errors import ExecutionError
from schemadiff.execution.events import BackfillProgress
from schemadiff.execution.gates.rows.references import alias_of
from schemadiff.execution.record.ledger import BackfillRecord, Ledger
from schemadiff.execution.running.batch_keys import Key, KeyOrder
from schemadiff.execution.running.left_rows import BatchStatements, LeftRows
from schemadiff.session import looking_up

_COUNTED_BYTES = 64 * 1024 * 1024
"""Tables up to this size are counted, since that is quick; of larger ones the server's estimate is taken."""

_SIZE = """
SELECT (SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
          FROM pg_partition_tree(relation.oid) AS part JOIN pg_class AS c ON c.oid = part.relid WHERE part.isleaf),
       coalesce((SELECT sum(pg_table_size(part.relid)) FROM pg_partition_tree(relation.oid) AS part),
                pg_table_size(relation.oid)),
       relation.reltuples::bigint
  FROM pg_class AS relation WHERE relation.oid = to_regclass(%s)
"""

_KEY_TYPE = """
SELECT format_type(attribute.atttypid, attribute.atttypmod)
  FROM pg_attribute AS attribute
 WHERE attribute.attrelid = to_regclass(%s) AND quote_ident(attribute.attname) = %s
   AND NOT attribute.attisdropped
"""


@dataclass(slots=True)
class Batches:
    """The batches of one backfill, whose statements find names in `path`."""

    connection: Connection
    ledger: Ledger
    plan: str
    backfill: Backfill
    statements: BatchStatements
    path: str
    size: int = 0
    """How many rows the next batch has."""
    rows_now: int = 0
    last_pass: bool = field(default=False, init=False)
    looked: bool = field(default=False, init=False)
    """Whether the last pass has only looked at rows, of which none is left."""
    _order: KeyOrder = field(default_factory=lambda: KeyOrder((), ()), init=False)
    _record: BackfillRecord = field(default_factory=lambda: BackfillRecord(None, 0, 0, None), init=False)
    _total: int | None = field(default=None, init=False)
    _left: LeftRows = field(init=False)
    _cursor: Key | None = field(default=None, init=False)
    _next_cursor: Key | None = field(default=None, init=False)
    _begun: float = field(default=0.0, init=False)
    _passed_before: int = field(default=0, init=False)

    def open(self) -> None:
        """Take up where the ledger says. Errors: ExecutionError for a missing key."""
        backfill = self.backfill
        self._order = KeyOrder(backfill.keys, tuple(map(self._type, backfill.keys)))
        self._left = LeftRows.of(self.connection, backfill, self.statements, self._order)
        self._record = self.ledger.backfill(backfill.name, backfill.sha256) or self._record
        self._cursor = self._order.read(self._record.last_key)
        self._total = self._estimate()
        self.size = self.size or backfill.batch_size
        self._begun, self._passed_before = time.monotonic(), self._record.passed

    def next(self) -> BackfillRecord | None:
        """Run the next batch in the open transaction, or look for rows left; None when the backfill is done."""
        if self._record.done_at is not None:
            return None
        keys = self._following()
        self.looked = not keys and self._next_cursor is not None
        if self.looked:
            return self._record
        if not keys:
            self.ledger.save_backfill(self.backfill.name, self.backfill.sha256, self.plan, self._record)
            self.ledger.finish_backfill(self.backfill.name, self.backfill.sha256)
            return None
        changed = self._run(keys)
        self._left.look(keys, changed, self.path)
        record = replace(self._record, rows=self._record.rows + max(changed, 0))
        if not self.last_pass:
            passed = self._record.passed + len(keys)
            record = replace(record, last_key=self._order.stored(keys[-1]), passed=passed)
        self.ledger.save_backfill(self.backfill.name, self.backfill.sha256, self.plan, record)
        return record

    def committed(self, record: BackfillRecord | None) -> None:
        """Go on from `record`, whose transaction is committed."""
        if record is not None:
            self.rows_now += record.rows - self._record.rows
            self._record = record
            self._cursor = self._next_cursor

    def progress(self) -> BackfillProgress:
        """How far the backfill is."""
        total = None if self._total is None else max(self._total, self._record.passed)
        seconds = time.monotonic() - self._begun
        rate = (self._record.passed - self._passed_before) / seconds if seconds > 0 else 0.0
        left = (total - self._record.passed) / rate if total is not None and rate else None
        return BackfillProgress(self.backfill.name, self._record.passed, total, self._record.rows, rate or None, left)

    def still_meant(self) -> int | None:
        """How many rows the backfill's own condition still holds for; None where it has none."""
        return self._left.count(self.path)

    def _following(self) -> list[Key]:
        """The keys of the next batch: in order, and at last those of rows that came in behind."""
        if not self.last_pass:
            keys = self._in_order()
            if keys:
                self._next_cursor = keys[-1]
                return keys
            self.last_pass, self._cursor = True, None
        found = self._left.find(self._cursor, self.size, self.path)
        self._next_cursor = found.upto
        return found.keys

    def _in_order(self) -> list[Key]:
        after = "" if self._cursor is None else f" WHERE {self._order.after(None, self._cursor)}"
        keys, order = self._order.list(None), ", ".join(self.backfill.keys)
        inner = f"SELECT {keys} FROM {self.backfill.table}{after} ORDER BY {order} LIMIT {self.size}"
        return self._keys(inner)

    def _keys(self, query: str) -> list[Key]:
        names = [f"k{number}" for number in range(1, len(self.backfill.keys) + 1)]
        texts = ", ".join(f"{name}::text" for name in names)
        words = f"SELECT {texts} FROM ({query}) AS batch ORDER BY {', '.join(f'batch.{name}' for name in names)}"
        return [tuple(key) for key in self.connection.execute(words.encode())]

    def _run(self, keys: Sequence[Key]) -> int:
        """Run every statement for the rows with these keys; returns how many rows changed."""
        changed = 0
        with looking_up(self.connection, self.path):
            for place, text in enumerate(self.statements.texts):
                sql = with_batch(text, self._condition(text, keys)) if batch_places(text) else text
                cursor = self.connection.execute(sql.encode())
                if place == self.statements.main:
                    changed = cursor.rowcount
        return changed

    def _condition(self, text: Sql, keys: Sequence[Key]) -> str:
        alias = alias_of(self.backfill.table, text)
        if self.last_pass:
            return f"({self._order.among(alias, keys)})"
        within = self._order.within(alias, self._cursor, keys[-1])
        if target := self.statements.target:
            # the archive has no statistics yet: without bounds of its own, each batch would read the whole table
            within = f"({within} AND {self._order.within(target, self._cursor, keys[-1])})"
        # rows that come in between two statements are not noted: the last pass finds them
        return f"({within} AND {self._order.among(alias, keys)})" if self.statements.noted else within

    def _type(self, column: Quoted) -> str:
        row = self.connection.execute(_KEY_TYPE, [self.backfill.table, column]).fetchone()
        if row is None:
            raise ExecutionError(
                f"backfill {self.backfill.name}: {self.backfill.table} has no column {column}: "
                "name its key in the '-- @backfill' line and make the plan again"
            )
        return str(row[0])

    def _estimate(self) -> int | None:
        row = self.connection.execute(_SIZE, [self.backfill.table]).fetchone()
        if row is None:
            return None
        in_leaves, size, own = row
        if size <= _COUNTED_BYTES:
            counted = self.connection.execute(f"SELECT count(*) FROM {self.backfill.table}".encode()).fetchone()
            return int(counted[0]) if counted else None
        return int(in_leaves) or (int(own) if own >= 0 else None)
