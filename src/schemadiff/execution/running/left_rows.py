"""Rows that a backfill has not come by: those that came in behind it, and those that still meet its condition."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.connection import Connection
from schemadiff.desired.data_steps.own_rows import OwnRows, own_rows
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.execution.gates.rows.references import alias_of
from schemadiff.execution.running.batch_keys import Key, KeyOrder
from schemadiff.session import looking_up

_NOTED = "schemadiff_noted"

WINDOW_ROWS = 50_000
"""How many rows of a table are looked at in one transaction."""


@dataclass(frozen=True, slots=True)
class BatchStatements:
    """What runs for each batch, as the script holds it: `texts`, of which the one at `main` changes the rows.

    `noted` are the archive's tables in which the others note what changes; `own` if they are no
    backfill of the user's: the archive takes values, or gives them back. `target` is what the text calls the table
    that gets them back, which has the archive's key; None where that is not clear.
    """

    texts: tuple[Sql, ...]
    main: int = 0
    noted: tuple[Quoted, ...] = ()
    own: bool = False
    target: Quoted | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of rows that are left, and after which key to look on; None where nothing comes any more."""

    keys: list[Key]
    upto: Key | None


@dataclass(slots=True)
class LeftRows:
    """What of a backfill's rows is left; none of those that it has come by is named twice.

    These are known by their notes, or because they no longer meet its condition, or because all that it sets is NULL.
    """

    connection: Connection
    backfill: Backfill
    order: KeyOrder
    alias: str | None
    noted: tuple[str, ...]
    own: OwnRows | None
    _settled: bool = field(default=False, init=False)
    _repeats: bool = field(default=False, init=False)

    @classmethod
    def of(cls, connection: Connection, backfill: Backfill, statements: BatchStatements, order: KeyOrder) -> "LeftRows":
        """What is left by a backfill whose batches run these statements."""
        text = statements.texts[statements.main]
        own = None if statements.own else own_rows(text)
        return cls(connection, backfill, order, alias_of(backfill.table, text), statements.noted, own)

    def look(self, keys: Sequence[Key], changed: int, path: str) -> None:
        """Look whether rows of a batch still meet the condition after it: then that says nothing about others."""
        if self.own is None or not self.own.limited or self.noted or self._repeats or not changed:
            return
        found = self._asked(self.own.query("count(*)", f"({self.order.among(self.alias, keys)})"), path)
        self._repeats = bool(found and found[0][0])
        self._settled = not self._repeats

    def find(self, last: Key | None, limit: int, path: str) -> Found:
        """The next rows after `last` that the backfill has not come by, of as many as one transaction looks at."""
        if self.own is None or self._unseen(None, None) is None:
            return Found([], None)
        upto = self._window_end(last)
        conditions = [*(self._unseen(last, upto) or ()), *self._bounds(self.alias, last, upto)]
        columns = ("DISTINCT " if self.own.joined else "") + self.order.list(self.alias)
        rows = self.own.query(columns, f"({' AND '.join(conditions) or 'true'})")
        names = [f"k{number}" for number in range(1, len(self.order.columns) + 1)]
        texts, ordered = ", ".join(f"k.{name}::text" for name in names), ", ".join(f"k.{name}" for name in names)
        asked = self._asked(f"SELECT {texts} FROM ({rows}) AS k ORDER BY {ordered} LIMIT {limit}", path)
        keys = [tuple(map(str, key)) for key in asked]
        whole = len(keys) < limit and upto is not None
        return Found(keys, upto if whole or not keys else keys[-1])

    def count(self, path: str) -> int | None:
        """How many rows still meet the backfill's own condition; None where it has none, or is not understood."""
        if self.own is None or not self.own.limited:
            return None
        total, last = 0, None
        while True:
            upto = self._window_end(last)
            within = f"({' AND '.join(self._bounds(self.alias, last, upto)) or 'true'})"
            rows = self.own.query(f"DISTINCT {self.order.list(self.alias)}", within)
            found = self._asked(f"SELECT count(*) FROM ({rows}) AS k", path)
            if not found:
                return None
            total += int(str(found[0][0]))
            if upto is None:
                return total
            last = upto

    def _window_end(self, last: Key | None) -> Key | None:
        """The last key of the rows that one transaction looks at; None where these are all that come after `last`."""
        where = f" WHERE {self.order.after(None, last)}" if last else ""
        order = ", ".join(self.order.columns)
        rows = f"SELECT {self.order.list(None)} FROM {self.backfill.table}{where} ORDER BY {order}"
        texts = ", ".join(f"k.k{number}::text" for number in range(1, len(self.order.columns) + 1))
        ends = self.connection.execute(f"SELECT {texts} FROM ({rows} OFFSET {WINDOW_ROWS} LIMIT 1) AS k".encode())
        row = ends.fetchone()
        return tuple(map(str, row)) if row else None

    def _bounds(self, alias: str | None, last: Key | None, upto: Key | None) -> list[str]:
        if upto is not None:
            return [self.order.within(alias, last, upto)]
        return [self.order.after(alias, last)] if last else []

    def _unseen(self, last: Key | None, upto: Key | None) -> list[str] | None:
        """Conditions of rows between two keys that no batch has come by; None where nothing tells."""
        if self.noted:
            # with bounds of their own, notes are not read whole each time
            same = " AND ".join([self.order.same(_NOTED, self.alias), *self._bounds(_NOTED, last, upto)])
            return [f"NOT EXISTS (SELECT FROM {table} AS {_NOTED} WHERE {same})" for table in self.noted]
        if self._settled and not self._repeats:
            return []
        if not self.backfill.columns or self.alias is None:
            return None
        columns = ", ".join(f"{self.alias}.{column}" for column in self.backfill.columns)
        return [f"num_nulls({columns}) = {len(self.backfill.columns)}"]

    def _asked(self, query: str, path: str) -> list[tuple[object, ...]]:
        """The rows of a query; none where it is not as the server reads the statement."""
        with suppress(psycopg.ProgrammingError), self.connection.transaction(), looking_up(self.connection, path):
            return list(self.connection.execute(query.encode()))
        self.own = None
        return []
