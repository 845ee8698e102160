"""What users do between a plan and its rollback: some rows come, some change, some go."""

from collections.abc import Iterable

import psycopg

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.proof.rows.judging.snapshot import Row, Snapshot, SnapshotColumn, TableSnapshot, take_snapshot
from schemadiff.proof.rows.making.candidates import Candidates
from schemadiff.proof.rows.making.filling import learn
from schemadiff.proof.rows.making.inserts import Inserts, Learned
from schemadiff.proof.rows.orphaned_rows import count_rows
from schemadiff.proof.rows.refused_rows import count_listed
from schemadiff.proof.rows.shape import ColumnShape, Connection, Shape, TableShape
from schemadiff.proof.rows.user_changes.user_changes import UserChanges, key_of

_ATTEMPTS = 12
_FIRST = 7
"""Attempts before this one are those that the first rows were made by."""
_MOST = 25
"""In a large plan, so many tables are used."""
_CHANGED = 2
"""How many columns of the row that changes get another value."""


def change_as_users(
    connection: Connection,
    shapes: tuple[Shape, Shape],
    snapshots: tuple[Snapshot, Snapshot],
    refusing: Iterable[Preflight],
) -> UserChanges:
    """Use the database as it is after a plan, with `shapes` and `snapshots` of both ends.

    What the rollback would refuse, going by its preflights `refusing`, is not done.
    """
    return _Users(connection, shapes, snapshots, tuple(refusing)).changed()


class _Users:
    def __init__(
        self,
        connection: Connection,
        shapes: tuple[Shape, Shape],
        snapshots: tuple[Snapshot, Snapshot],
        refusing: tuple[Preflight, ...],
    ) -> None:
        self._connection, self._shape = connection, shapes[1]
        self._before, self._after = snapshots
        self._referred = (_referred(shapes[0], self._before), _referred(self._shape, self._after))
        asked = [one for one in refusing if one.rows and not (one.waits or one.unasked or one.trial or one.archived)]
        self._refusing = [(one, count_listed(connection, one)) for one in asked]
        self._counts = count_rows(connection, self._shape)
        self._candidates = Candidates(connection, self._shape)
        self._inserts = Inserts(self._shape, self._candidates, self._counts)
        self._changes = UserChanges()

    def changed(self) -> UserChanges:
        """Do it all, table by table."""
        for table in self._before.tables.values():
            if len(self._changes.tables) >= _MOST:
                break
            now = self._after.table_like(table)
            shape = self._shape.tables.get(now.oid) if now is not None else None
            if now is None or shape is None or not now.rows or now.name.startswith(f"{ARCHIVE_SCHEMA}."):
                continue
            places = _same_key(table, now)
            if now.oid == table.oid:
                self._insert(table, shape, same_key=bool(places))
            if places:
                rows = [
                    row for row in table.rows if key_of(table, row) in {tuple(r[p] for p in places) for r in now.rows}
                ]
                self._delete(table, now, rows)
                self._update(table, now, rows[:1], shape)
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
        for attempt in range(_FIRST, _FIRST + _ATTEMPTS):
            statement = Sql(f"{self._inserts.statement(shape, attempt, learned)}\nRETURNING {key}")
            try:
                rows = self._tried(shape.name, statement)
            except psycopg.Error as error:
                learn(error, shape, learned)
                continue
            if rows:
                self._counts[shape.oid] += len(rows)
                keyed = rows if same_key and set(names) <= there else []
                self._changes.came.setdefault(table.oid, []).extend(keyed)
                return

    def _delete(self, table: TableSnapshot, now: TableSnapshot, rows: list[Row]) -> None:
        """One row that nobody refers to goes, the last one."""
        free = [row for row in rows[1:] if not self._is_referred_to(table, row)]
        if free and self._succeeds(now.name, f"DELETE FROM ONLY {now.name} WHERE {_where(table, now, free[-1])}"):
            self._changes.gone.setdefault(table.oid, set()).add(key_of(table, free[-1]))

    def _update(self, table: TableSnapshot, now: TableSnapshot, rows: list[Row], shape: TableShape) -> None:
        """The first row gets other values in columns that nothing refers by."""
        tied = {number for r in shape.references for number in r.columns} | set(shape.key)
        tied |= {now.columns[place].number for place in _same_key(table, now)}
        tied |= {n for other in self._shape.tables.values() for r in other.references for n in r.parent_columns
                 if r.parent == shape.oid}  # fmt: skip
        changed: set[Quoted] = set()
        for row in rows:
            for column in shape.columns.values():
                old = _before(table, now, column)
                if len(changed) >= _CHANGED or old is None or column.number in tied or column.generated:
                    continue
                if column.fed or not self._sets(now, column, shape, _where(table, now, row)):
                    continue
                changed.add(old.name)
            if changed:
                self._changes.changed.setdefault(table.oid, {})[key_of(table, row)] = changed

    def _sets(self, now: TableSnapshot, column: ColumnShape, shape: TableShape, where: str) -> bool:
        """Whether the column of a row could be given another value."""
        for value in self._candidates.of(shape, column)[2:5]:
            other = f"{column.name}::text IS DISTINCT FROM ({value})::text"
            if self._succeeds(
                now.name, f"UPDATE ONLY {now.name} SET {column.name} = {value} WHERE {where} AND {other}"
            ):
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
            for one, refused in self._refusing:
                if name in one.rows and count_listed(self._connection, one) > refused:
                    raise psycopg.Rollback(attempt)
            if found is None:
                return []
            return [
                tuple(found.get_value(row, place) for place in range(found.nfields)) for row in range(found.ntuples)
            ]
        return []

    def _is_referred_to(self, table: TableSnapshot, row: Row) -> bool:
        pointed_at = [pair for referred in self._referred for pair in referred.get(table.oid, {}).items()]
        for columns, values in pointed_at:
            places = [place for number in columns for place, one in enumerate(table.columns) if one.number == number]
            if tuple(row[place] for place in places) in values:
                return True
        return False


Referred = dict[int, dict[tuple[int, ...], set[Row]]]
"""Values that foreign keys point at, by table and columns."""


def _referred(shape: Shape, snapshot: Snapshot) -> Referred:
    found: Referred = {}
    for table in snapshot.tables.values():
        made = shape.tables.get(table.oid)
        for reference in made.references if made else ():
            by_number = {column.number: place for place, column in enumerate(table.columns)}
            places = [by_number[number] for number in reference.columns if number in by_number]
            values = {tuple(row[place] for place in places) for row in table.rows}
            for holder in _holders(shape, reference.parent):
                found.setdefault(holder, {}).setdefault(reference.parent_columns, set()).update(values)
    return found


def _holders(shape: Shape, oid: int) -> list[int]:
    below = [other.oid for other in shape.tables.values() if oid in other.parents]
    return [oid, *(holder for child in below for holder in _holders(shape, child))]


def _same_key(table: TableSnapshot, now: TableSnapshot) -> list[int]:
    """Where the table's key stands after the plan; empty where it has none, or not the same."""
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
