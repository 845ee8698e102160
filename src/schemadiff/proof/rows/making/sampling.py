"""Rows of live in the copy: some of each table, with the rows they refer to."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from psycopg.pq.abc import PGresult

from schemadiff.execution.trust.asking_role import become, read_all_rows, role_to_become
from schemadiff.execution.trust.trusted import verdict_on
from schemadiff.proof.rows.orphaned_rows import delete_orphans
from schemadiff.proof.rows.shape import ColumnShape, Connection, ForeignKey, Shape, TableShape
from schemadiff.proof.rows.shape_queries import count_rows

_MOST_ROUNDS = 20
"""How long a chain of references is followed."""

_SETTINGS = (
    "SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC';"
    " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = '20s'"
)

Texts = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """`rows` rows of each table of the database that `live` leads to, which is only read."""

    live: Connection
    rows: int

    def copy_into(self, connection: Connection, shape: Shape) -> dict[int, int]:
        """Put sampled rows into the tables of a scratch copy; how many each got.

        Values are passed on as text and appear nowhere else. A table that cannot be read whole, or not without code of
        others, gets none; a row that does not fit is left out, and so is what refers to it.
        """
        found = _Sampler(self, shape).collect()
        for table in shape.holders():
            for row in found.get(table.oid, {}):
                _insert(connection, table, row)
        delete_orphans(connection, shape)
        return count_rows(connection, shape)


class _Sampler:
    def __init__(self, sample: Sample, shape: Shape) -> None:
        self._sample, self._shape = sample, shape
        self._rows: dict[int, dict[Texts, None]] = {}
        self._new: dict[int, list[Texts]] = {}
        self._roles: dict[int, str | None] = {}
        """Tables that may be read, with the owner to read each as where that is another role."""

    def collect(self) -> dict[int, dict[Texts, None]]:
        """Rows by table, each once."""
        with self._sample.live.transaction(force_rollback=True):
            self._sample.live.execute("SET TRANSACTION READ ONLY")
            self._sample.live.execute(_SETTINGS.encode())
            read_all_rows(self._sample.live)
            for table in self._shape.holders():
                self._read(table, "LIMIT %s", [self._sample.rows])
            for _ in range(_MOST_ROUNDS):
                fresh, self._new = self._new, {}
                if not fresh:
                    break
                for oid, rows in fresh.items():
                    for reference in self._shape.tables[oid].references:
                        self._follow(self._shape.tables[oid], reference, rows)
        return self._rows

    def _follow(self, table: TableShape, reference: ForeignKey, rows: list[Texts]) -> None:
        """Read the rows that some rows of a table refer to."""
        places = {column.number: place for place, column in enumerate(_stored(table))}
        if any(number not in places for number in reference.columns):
            return
        keys = {tuple(row[places[number]] for number in reference.columns) for row in rows}
        wanted = [key for key in keys if None not in key]
        if not wanted:
            return
        parent = self._shape.tables[reference.parent]
        names = [parent.columns[number] for number in reference.parent_columns]
        left = ", ".join(f"t.{column.name}" for column in names).replace("%", "%%")
        key_text = f"({', '.join(_cast(column) for column in names)})"
        for holder in self._shape.holders_of(parent.oid):
            clause = f"WHERE ({left}) IN ({', '.join([key_text] * len(wanted))})"
            self._read(holder, clause, [text for key in wanted for text in key])

    def _read(self, table: TableShape, clause: str, values: Sequence[object]) -> None:
        columns = ", ".join(f"t.{column.name}" for column in _stored(table))
        query = f"SELECT {columns} FROM {table.source} AS t ".replace("%", "%%") + clause
        result = self._answer(table, query, values)
        if result is None:
            return
        known = self._rows.setdefault(table.oid, {})
        for number in range(result.ntuples):
            cells = (result.get_value(number, place) for place in range(result.nfields))
            row = tuple(None if value is None else value.decode() for value in cells)
            if row not in known:
                known[row] = None
                self._new.setdefault(table.oid, []).append(row)

    def _answer(self, table: TableShape, query: str, values: Sequence[object]) -> PGresult | None:
        """What the table's owner reads, or else we do; None where nobody may."""
        live = self._sample.live
        try:
            if table.oid not in self._roles:
                with live.transaction():
                    verdict = verdict_on(live, f"SELECT * FROM {table.source}")
                if verdict.problem is not None:
                    return None
                self._roles[table.oid] = role_to_become(live, verdict.owner)
            for role in dict.fromkeys((self._roles[table.oid], None)):
                with suppress(psycopg.errors.InsufficientPrivilege), live.transaction():
                    if role is not None:
                        become(live, role)
                    result = live.execute(query.encode(), values).pgresult
                    live.execute("RESET ROLE")
                    return result
        except psycopg.Error:
            pass
        return None


def _insert(connection: Connection, table: TableShape, row: Texts) -> None:
    columns = _stored(table)
    if not columns:
        return
    names = ", ".join(column.name for column in columns)
    head = f"INSERT INTO {table.name} ({names}) OVERRIDING SYSTEM VALUE".replace("%", "%%")
    try:
        connection.execute(f"{head} VALUES ({', '.join(map(_cast, columns))})".encode(), list(row))
    except psycopg.Error:
        return  # its message may contain values


def _cast(column: ColumnShape) -> str:
    return f"CAST(%s AS {column.type_name.replace('%', '%%')})"


def _stored(table: TableShape) -> list[ColumnShape]:
    return [column for column in table.columns.values() if not column.generated]
