"""A backfill in batches along its key: each batch commits with the ledger row that says how far it came."""

from dataclasses import replace

from schemadiff.catalog.sql import Sql, literal
from schemadiff.connection import Connection
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.errors import ExecutionError
from schemadiff.execution.events import BackfillProgress
from schemadiff.execution.gates.references import alias_of
from schemadiff.execution.gates.row_security import hidden_rows
from schemadiff.execution.record.ledger import BackfillRecord, Ledger
from schemadiff.session import looking_up

_COUNTED_BYTES = 64 * 1024 * 1024
"""Tables up to this size are counted, since that is quick; of larger ones the server's estimate is taken."""

_SIZE = """
SELECT relation.reltuples::bigint, pg_table_size(relation.oid)
  FROM pg_class AS relation WHERE relation.oid = to_regclass(%s)
"""

_KEY_TYPE = """
SELECT format_type(attribute.atttypid, attribute.atttypmod)
  FROM pg_attribute AS attribute
 WHERE attribute.attrelid = to_regclass(%s) AND quote_ident(attribute.attname) = %s
   AND NOT attribute.attisdropped
"""


class Batches:
    """The batches of one backfill, whose SQL is as the script holds it and finds names in `path`."""

    def __init__(self, connection: Connection, ledger: Ledger, plan: str, backfill: Backfill, path: str) -> None:
        self._connection = connection
        self._ledger = ledger
        self._plan = plan
        self._backfill = backfill
        self._path = path
        alias = alias_of(backfill.table, backfill.sql)
        self._column = f"{alias}.{backfill.key}" if alias else backfill.key
        self._record = BackfillRecord(None, 0, 0, None)
        self._key_type = ""
        self._total: int | None = None
        self.rows_now = 0

    def open(self) -> None:
        """Take up where the ledger says. Errors: ExecutionError for hidden rows or a missing key."""
        backfill = self._backfill
        with looking_up(self._connection, self._path):
            hidden = hidden_rows(self._connection, backfill, backfill.sql)
        if hidden:
            raise ExecutionError(hidden)
        row = self._connection.execute(_KEY_TYPE, [backfill.table, backfill.key]).fetchone()
        if row is None:
            raise ExecutionError(
                f"backfill {backfill.name}: {backfill.table} has no column {backfill.key}: "
                "name its key in the '-- @backfill' line and make the plan again"
            )
        self._key_type = row[0]
        self._record = self._ledger.backfill(backfill.name, backfill.sha256) or self._record
        self._total = self._estimate()

    def next(self) -> BackfillRecord | None:
        """Run the next batch in the open transaction; None when there is none and the backfill is done."""
        if self._record.done_at is not None:
            return None
        found = self._connection.execute(self._boundary()).fetchone()
        backfill = self._backfill
        if found is None or not found[0]:
            self._ledger.save_backfill(backfill.name, backfill.sha256, self._plan, self._record)
            self._ledger.finish_backfill(backfill.name, backfill.sha256)
            return None
        passed, upto = found
        with looking_up(self._connection, self._path):
            changed = self._connection.execute(backfill.where(self._condition(upto))).rowcount
        record = replace(
            self._record,
            last_key=upto,
            rows=self._record.rows + max(changed, 0),
            passed=self._record.passed + passed,
        )
        self._ledger.save_backfill(backfill.name, backfill.sha256, self._plan, record)
        return record

    def committed(self, record: BackfillRecord | None) -> None:
        """Go on from `record`, whose transaction is committed."""
        if record is not None:
            self.rows_now += record.rows - self._record.rows
            self._record = record

    def progress(self) -> BackfillProgress:
        """How far the backfill is."""
        total = None if self._total is None else max(self._total, self._record.passed)
        return BackfillProgress(self._backfill.name, self._record.passed, total, self._record.rows)

    def _boundary(self) -> Sql:
        """The query for the number of rows in the next batch and its last key."""
        key, table = self._backfill.key, self._backfill.table
        last = self._record.last_key
        after = "" if last is None else f"WHERE {key} > {self._literal(last)}"
        return Sql(
            f"WITH batch AS (SELECT {key} AS key FROM {table} {after}"
            f" ORDER BY {key} LIMIT {self._backfill.batch_size})"
            " SELECT (SELECT count(*) FROM batch),"
            " (SELECT batch.key::text FROM batch ORDER BY batch.key DESC LIMIT 1)"
        )

    def _condition(self, upto: str) -> str:
        last, upper = self._record.last_key, f"{self._column} <= {self._literal(upto)}"
        return f"({upper})" if last is None else f"({self._column} > {self._literal(last)} AND {upper})"

    def _literal(self, key: str) -> str:
        return f"{literal(key)}::{self._key_type}"

    def _estimate(self) -> int | None:
        row = self._connection.execute(_SIZE, [self._backfill.table]).fetchone()
        if row is None:
            return None
        estimate, size = row
        if size <= _COUNTED_BYTES:
            counted = self._connection.execute(f"SELECT count(*) FROM {self._backfill.table}").fetchone()
            return int(counted[0]) if counted else None
        return int(estimate) if estimate >= 0 else None
