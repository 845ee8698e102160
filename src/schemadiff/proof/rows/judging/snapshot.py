"""What a database contains at one moment: rows of tables, and values of sequences."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import psycopg

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.proof.rows.shape import Connection

Value = bytes | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class SnapshotColumn:
    """A column with values; `number` stays the same when it is renamed."""

    number: int
    name: Quoted
    type: Sql
    generated: bool


@dataclass(frozen=True, slots=True)
class TableSnapshot:
    """The rows of a table, as text; `key` holds places in `columns`."""

    oid: int
    name: Quoted
    key: tuple[int, ...]
    columns: tuple[SnapshotColumn, ...]
    rows: tuple[Row, ...]

    def place_in(self, other: "TableSnapshot", column: SnapshotColumn) -> int | None:
        """Where the other snapshot has this column: by its number, or by its name if table or column are new."""
        if self.oid == other.oid:
            for place, one in enumerate(other.columns):
                if one.number == column.number:
                    return place
        return next((place for place, one in enumerate(other.columns) if one.name == column.name), None)


@dataclass(frozen=True, slots=True)
class SequenceSnapshot:
    """The value of a sequence, and the column it belongs to, if any; `last` is last_value and is_called."""

    name: Quoted
    column: Quoted | None
    next_value: int
    last: tuple[int, bool]
    step: int

    def moved_to(self, last: tuple[int, bool]) -> "SequenceSnapshot":
        """The same sequence after values were drawn from it."""
        value, called = last
        return replace(self, last=last, next_value=value + self.step if called else value)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Tables, sequences, and labels of enums, each by OID."""

    tables: dict[int, TableSnapshot]
    sequences: dict[int, SequenceSnapshot]
    labels: dict[int, str]

    def table_like(self, table: TableSnapshot) -> TableSnapshot | None:
        """The same table, also if it was renamed, or dropped and created under the same name."""
        if table.oid in self.tables:
            return self.tables[table.oid]
        return next((other for other in self.tables.values() if other.name == table.name), None)


_TABLES = """
    SELECT c.oid::int8, format('%%I.%%I', n.nspname, c.relname), c.relkind = 'p',
           coalesce((SELECT i.indkey::int2[]::int8[] FROM pg_catalog.pg_index AS i
                     WHERE i.indrelid = c.oid AND i.indisprimary), '{}'),
           (SELECT coalesce(json_agg(json_build_array(a.attnum, quote_ident(a.attname),
                            format_type(a.atttypid, a.atttypmod), a.attgenerated <> '') ORDER BY a.attnum), '[]')
            FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND (c.oid = ANY(%s) OR format('%%I.%%I', n.nspname, c.relname) = ANY(%s))
    ORDER BY 2
"""

_SEQUENCES = """
    SELECT s.seqrelid::int8, format('%I.%I', n.nspname, c.relname),
           (SELECT d.refobjid::regclass || '.' || quote_ident(a.attname)
            FROM pg_catalog.pg_depend AS d
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.seqrelid AND d.deptype IN ('a', 'i')
              AND d.refclassid = 'pg_catalog.pg_class'::regclass)
    FROM pg_catalog.pg_sequence AS s JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relpersistence <> 't' ORDER BY 2
"""


def take_snapshot(connection: Connection, oids: Iterable[int], names: Iterable[str] = ()) -> Snapshot:
    """The rows of the tables with these OIDs or names, and the values of all sequences."""
    with connection.transaction():
        connection.execute("SET LOCAL search_path = ''")
        tables = connection.execute(_TABLES, [list(oids), list(names)]).fetchall()
        sequences = connection.execute(_SEQUENCES.encode()).fetchall()
        labels = connection.execute(b"SELECT oid::int8, enumlabel::text FROM pg_catalog.pg_enum").fetchall()
    snapshots = {}
    for oid, name, partitioned, key, columns in tables:
        held = tuple(SnapshotColumn(*values) for values in columns)
        rows = _rows(connection, Sql(name if partitioned else f"ONLY {name}"), held)
        if rows is not None:
            places = [place for number in key for place, column in enumerate(held) if column.number == number]
            snapshots[oid] = TableSnapshot(oid, Quoted(name), tuple(places), held, rows)
    return Snapshot(snapshots, _sequences(connection, sequences), dict(labels))


def _rows(connection: Connection, source: Sql, columns: tuple[SnapshotColumn, ...]) -> tuple[Row, ...] | None:
    """The rows as the server prints them; None where reading itself fails."""
    names = ", ".join(column.name for column in columns)
    try:
        found = connection.execute(f"SELECT {names} FROM {source}".encode()).pgresult
    except psycopg.Error:
        return None
    if found is None:
        return None
    return tuple(tuple(found.get_value(row, place) for place in range(len(columns))) for row in range(found.ntuples))


def _sequences(connection: Connection, found: list[tuple[int, str, str | None]]) -> dict[int, SequenceSnapshot]:
    if not found:
        return {}
    values = [
        f"SELECT s.last_value, s.is_called, q.seqincrement"
        f" FROM {name} AS s, pg_catalog.pg_sequence AS q WHERE q.seqrelid = {oid}::oid"
        for oid, name, _ in found
    ]
    rows = connection.execute(" UNION ALL ".join(values).encode()).fetchall()
    return {
        oid: SequenceSnapshot(
            Quoted(name), Quoted(column) if column else None, last + step if called else last, (last, called), step
        )
        for (oid, name, column), (last, called, step) in zip(found, rows, strict=True)
    }
