"""What users do between a plan and its rollback: some rows are inserted, some change, some are deleted."""

from collections.abc import Iterable

import psycopg

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted, Sql, literal, schema_of
from schemadiff.catalog.statements.statement import Preflight, PreflightKind
from schemadiff.desired.reading.relations import relations_in
from schemadiff.proof.rows.judging.snapshot import Row, Snapshot, SnapshotColumn, TableSnapshot, take_snapshot
from schemadiff.proof.rows.making.candidates import Candidates
from schemadiff.proof.rows.making.inserts import Inserts
from schemadiff.proof.rows.making.learned import Learned, learn
from schemadiff.proof.rows.refused_rows import count_listed
from schemadiff.proof.rows.shape import ColumnShape, Connection, Shape, TableShape
from schemadiff.proof.rows.shape_queries import count_rows
from schemadiff.proof.rows.user_changes.referred_values import is_referred_to, referred_values
from schemadiff.proof.rows.user_changes.user_changes import UserChanges, key_of

_ATTEMPTS = range(7, 19)
"""The attempts before these made the first rows."""
_MOST_TABLES = 25
"""In a large plan, so many tables are changed."""
_UPDATED_COLUMNS = 2
"""How many columns of the row that changes get another value."""


def change_as_users(
    connection: Connection,
    shapes: tuple[Shape, Shape],
    snapshots: tuple[Snapshot, Snapshot],
    refusing: Iterable[Preflight],
) -> UserChanges:
    """Change rows of the database as it is after a plan, with `shapes` and `snapshots` of both ends.

    What the rollback would refuse, going by its preflights `refusing`, is not done.
    """
    return _Users(connection, shapes, snapshots, refusing).changed()


class _Users:
    def __init__(
        self,
        connection: Connection,
        shapes: tuple[Shape, Shape],
        snapshots: tuple[Snapshot, Snapshot],
        refusing: Iterable[Preflight],
    ) -> None:
        self._connection, self._shape = connection, shapes[1]
        self._before, self._after = snapshots
        self._referred = (referred_values(shapes[0], self._before), referred_values(self._shape, self._after))
        self._refusing = [
            (preflight, relations_in(preflight.rows), count_listed(connection, preflight))
            for preflight in refusing
            if preflight.kind is PreflightKind.LISTING and not preflight.waits
        ]
        self._counts = count_rows(connection, self._shape)
        self._candidates = Candidates(connection, self._shape)
        self._inserts = Inserts(self._shape, self._candidates, self._counts)
        self._changes = UserChanges()

    def changed(self) -> UserChanges:
        """Do it all, table by table."""
        for table in self._before.tables.values():
            if len(self._changes.tables) >= _MOST_TABLES:
                break
            now = self._after.table_like(table)
            shape = self._shape.tables.get(now.oid) if now is not None else None
            if now is None or shape is None or not now.rows or schema_of(now.name) == ARCHIVE_SCHEMA:
                continue
            places = _same_key(table, now)
            if now.oid == table.oid:
                self._insert(table, shape, same_key=bool(places))
            if places:
                keys = {tuple(row[place] for place in places) for row in now.rows}
                rows = [row for row in table.rows if key_of(table, row) in keys]
                self._delete(table, now, rows)
                if rows:
                    self._update(table, now, rows[0], shape)
        stood = self._after.sequences
        for oid, sequence in take_snapshot(self._connection, ()).sequences.items():
            if oid in stood and stood[oid].last != sequence.last:
                self._changes.drawn[oid] = sequence.last
        return self._changes

    def _insert(self, table: TableSnapshot, shape: TableShape, *, same_key: bool) -> None:
        if self._inserts.unfillable(shape) is not None:
            return
        learned = Learned()
        names = [table.columns[place].name for place in table.key]
        there = {column.name for column in shape.columns.values()}
        key = ", ".join(f"{name}::text" for name in names if name in there) or "NULL"
        for attempt in _ATTEMPTS:
            statement = Sql(f"{self._inserts.statement(shape, attempt, learned)}\nRETURNING {key}")
            try:
                rows = self._tried(shape.name, statement)
            except psycopg.Error as error:
                learn(error, shape, learned)
                continue
            if rows:
                self._counts[shape.oid] += len(rows)
                keyed = rows if same_key and set(names) <= there else []
                self._changes.inserted.setdefault(table.oid, []).extend(keyed)
                return

    def _delete(self, table: TableSnapshot, now: TableSnapshot, rows: list[Row]) -> None:
        """Delete the last row that no other refers to."""
        free = [row for row in rows[1:] if not is_referred_to(self._referred, table, row)]
        if free and self._succeeds(now.name, f"DELETE FROM ONLY {now.name} WHERE {_where(table, now, free[-1])}"):
            self._changes.deleted.setdefault(table.oid, set()).add(key_of(table, free[-1]))

    def _update(self, table: TableSnapshot, now: TableSnapshot, row: Row, shape: TableShape) -> None:
        """Give a row other values in columns that are no part of a key or foreign key."""
        tied = {number for reference in shape.references for number in reference.columns} | set(shape.key)
        tied.update(now.columns[place].number for place in _same_key(table, now))
        for other in self._shape.tables.values():
            tied.update(n for r in other.references if r.parent == shape.oid for n in r.parent_columns)
        updated: set[Quoted] = set()
        for column in shape.columns.values():
            old = _before(table, now, column)
            if len(updated) >= _UPDATED_COLUMNS or old is None or column.number in tied or column.generated:
                continue
            if not column.fed and self._sets(now, column, shape, _where(table, now, row)):
                updated.add(old.name)
        if updated:
            self._changes.updated.setdefault(table.oid, {})[key_of(table, row)] = updated

    def _sets(self, now: TableSnapshot, column: ColumnShape, shape: TableShape, where: str) -> bool:
        """Whether the column of a row could be given another value."""
        for value in self._candidates.of(shape, column)[2:5]:  # made-up rows have the first ones
            differs = f"{column.name}::text IS DISTINCT FROM ({value})::text"
            update = f"UPDATE ONLY {now.name} SET {column.name} = {value} WHERE {where} AND {differs}"
            if self._succeeds(now.name, update):
                return True
        return False

    def _succeeds(self, name: Quoted, statement: str) -> bool:
        try:
            return bool(self._tried(name, Sql(f"{statement} RETURNING NULL")))
        except psycopg.Error:
            return False

    def _tried(self, name: Quoted, statement: Sql) -> list[Row]:
        """Run a statement on the table called `name` unless the rollback would refuse its rows; what it returns.

        Raises psycopg.Error.
        """
        with self._connection.transaction() as attempt:
            found = self._connection.execute(statement.encode()).pgresult
            for preflight, relations, refused in self._refusing:
                if name in relations and count_listed(self._connection, preflight) > refused:
                    raise psycopg.Rollback(attempt)
            if found is None:
                return []
            return [
                tuple(found.get_value(row, place) for place in range(found.nfields)) for row in range(found.ntuples)
            ]
        return []


def _same_key(table: TableSnapshot, now: TableSnapshot) -> list[int]:
    """The places of the table's key after the plan; empty where it has none, or not the same."""
    places = []
    for place in table.key:
        other = table.place_in(now, table.columns[place])
        if other is None or now.columns[other].type != table.columns[place].type:
            return []
        places.append(other)
    return places


def _where(table: TableSnapshot, now: TableSnapshot, row: Row) -> str:
    """The condition that only one row satisfies, by its key as the server prints it."""
    pairs = zip(_same_key(table, now), key_of(table, row), strict=True)
    return " AND ".join(
        f"{now.columns[place].name}::text = {literal((value or b'').decode())}" for place, value in pairs
    )


def _before(table: TableSnapshot, now: TableSnapshot, column: ColumnShape) -> SnapshotColumn | None:
    """The column of the table before the plan that is called `column` after it."""
    for old in table.columns:
        place = table.place_in(now, old)
        if place is not None and now.columns[place].number == column.number:
            return old
    return None
