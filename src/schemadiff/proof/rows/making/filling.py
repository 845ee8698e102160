"""Made-up rows for the tables of a copy: tried one by one, kept where Postgres accepts them."""

from contextlib import suppress

import psycopg

from schemadiff.catalog.sql import literal, unquoted
from schemadiff.plans.model import TableRows
from schemadiff.proof.rows.making.candidates import Candidates
from schemadiff.proof.rows.making.inserts import Inserts
from schemadiff.proof.rows.making.learned import Learned, learn
from schemadiff.proof.rows.orphaned_rows import delete_orphans
from schemadiff.proof.rows.shape import Connection, Shape, TableShape
from schemadiff.proof.rows.shape_queries import count_rows
from schemadiff.server_errors import without_values

ROWS = 5
"""How many rows a table gets, if it accepts as many."""

_ATTEMPTS, _ATTEMPTS_WHERE_HARD = 12, 150
_PARTITIONS = 12
"""Above this many partitions, each gets fewer rows."""


class Filler:
    """Fills tables through a session in which neither triggers nor foreign keys fire.

    The same tables get the same rows. A value that the server makes up itself (a default that calls a
    function) is never used.
    """

    def __init__(self, connection: Connection, shape: Shape) -> None:
        self._connection, self._shape = connection, shape
        self._counts = count_rows(connection, shape)
        self._inserts = Inserts(shape, Candidates(connection, shape), self._counts)
        self._attempts: dict[int, int] = {}
        self._learned: dict[int, Learned] = {}
        self._refusals: dict[int, str | None] = {}
        """Why Postgres did not take the last row that was tried, by table."""

    def fill(self) -> tuple[TableRows, ...]:
        """Give every empty table its rows; how many each has then, and why where there are none."""
        waiting = [table for table in self._in_order() if not self._counts[table.oid]]
        ahead_of_parents = []
        for table in waiting:
            parents = [reference.parent for reference in table.references if reference.parent != table.oid]
            is_ahead = not all(map(self._inserts.rows_of, parents))
            self._try(table, 2 if is_ahead else self._wanted(table))
            if is_ahead:
                ahead_of_parents.append(table)
        for table in ahead_of_parents:
            self._try(table, self._wanted(table))
        if delete_orphans(self._connection, self._shape):
            self._counts.update(count_rows(self._connection, self._shape))
            for table in waiting:
                self._try(table, self._wanted(table))
            delete_orphans(self._connection, self._shape)
        self._advance_sequences()
        self._counts.update(count_rows(self._connection, self._shape))
        return tuple(TableRows(t.name, self._counts[t.oid], self._reason(t)) for t in self._shape.holders())

    def _reason(self, table: TableShape) -> str | None:
        if self._counts[table.oid]:
            return None
        return self._refusals.get(table.oid) or "the rows that were tried refer to missing ones"

    def _wanted(self, table: TableShape) -> int:
        siblings = sum(table.parents == other.parents for other in self._shape.tables.values()) if table.parents else 0
        return 2 if siblings > _PARTITIONS else ROWS

    def _in_order(self) -> list[TableShape]:
        """Tables after those they refer to, as far as there is such an order: circles begin where NULL helps."""
        left = {table.oid: table for table in self._shape.holders()}
        ordered: list[TableShape] = []
        while left:
            free = [table for table in left.values() if not self._ahead(table, optional=True) & left.keys()]
            free = free or [table for table in left.values() if not self._ahead(table, optional=False) & left.keys()]
            for table in free or list(left.values())[:1]:
                ordered.append(left.pop(table.oid))
        return ordered

    def _ahead(self, table: TableShape, *, optional: bool) -> set[int]:
        """The tables with the rows that a table refers to; `optional` includes references that may be NULL."""
        found: set[int] = set()
        for reference in table.references:
            if optional or all(table.columns[number].not_null for number in reference.columns):
                found.update(holder.oid for holder in self._shape.holders_of(reference.parent))
        return found - {table.oid}

    def _try(self, table: TableShape, wanted: int) -> None:
        self._refusals[table.oid] = self._inserts.unfillable(table)
        if self._refusals[table.oid] is not None:
            return
        learned = self._learned.setdefault(table.oid, Learned())
        first = self._attempts.get(table.oid, 0)
        number = first
        while self._counts[table.oid] < wanted:
            if number - first >= (_ATTEMPTS_WHERE_HARD if learned.tries else _ATTEMPTS):
                break
            try:
                cursor = self._connection.execute(self._inserts.statement(table, number, learned).encode())
                self._counts[table.oid] += cursor.rowcount
            except psycopg.Error as error:
                self._refusals[table.oid] = without_values(error)
                learn(error, table, learned)
            number += 1
        self._attempts[table.oid] = number

    def _advance_sequences(self) -> None:
        """Advance sequences beyond the values that rows got without them."""
        for table in self._shape.tables.values():
            pinned = self._inserts.pinned.get(table.oid, ())
            for column in table.columns.values():
                if column.fed and (table.partitioned or column.number in pinned):
                    sequence = f"pg_get_serial_sequence({literal(table.name)}, {literal(unquoted(column.name))})"
                    values = f"(SELECT {column.name} AS c FROM {table.source}) AS t"
                    query = f"SELECT setval({sequence}, max(c)::int8) FROM {values} HAVING max(c) > 0"
                    with suppress(psycopg.Error):  # a sequence of the user's own may end before
                        self._connection.execute(query.encode())
        self._draw_from_sequences()

    def _draw_from_sequences(self) -> None:
        """Use every sequence, so that none is like a new one; twice, so that its last value differs, too."""
        query = """
            SELECT nextval(c.oid), nextval(c.oid) FROM pg_catalog.pg_class AS c
            WHERE c.relkind = 'S' AND c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
        """
        with suppress(psycopg.Error):  # one may have reached its end; nextval() on others is not rolled back
            self._connection.execute(query.encode())
