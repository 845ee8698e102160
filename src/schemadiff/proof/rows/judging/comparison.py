"""Two snapshots compared: which rows and values of the first one the second one lacks."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import psycopg

from schemadiff.catalog.sql import Sql
from schemadiff.proof.rows.judging import loss
from schemadiff.proof.rows.judging.loss import Loss
from schemadiff.proof.rows.judging.snapshot import Row, Snapshot, SnapshotColumn, TableSnapshot, Value
from schemadiff.proof.rows.shape import Connection

UNJUDGED = b"\0 cannot be converted"
"""In place of a value that no cast leads to: what became of it is not compared."""

TOUCHED = b"\0 was changed by users"
"""In place of a value that is whatever it is now."""

Leave = Callable[[TableSnapshot, SnapshotColumn, SnapshotColumn], bool]
"""Whether a column, as it was and as it is, is not compared."""


class Comparison:
    """Compares snapshots of one database; `connection` leads to it in the state of the second one."""

    def __init__(self, before: Snapshot, after: Snapshot, connection: Connection) -> None:
        self._before, self._after, self._connection = before, after, connection
        self._renamed = {
            old.encode(): after.labels[oid].encode()
            for oid, old in before.labels.items()
            if after.labels.get(oid, old) != old
        }

    def losses(self, leave: Leave, *, complete: bool, grown: bool) -> list[Loss]:
        """What is lost of the first snapshot.

        With `complete`, every table and column must be there; without, missing ones are meant to be missing.
        With `grown`, there may be more rows.
        """
        found: list[Loss] = []
        for table in self._before.tables.values():
            now = self._after.table_like(table)
            if now is not None:
                found += self._of_table(table, now, leave, complete, grown)
            elif complete and table.rows:
                found.append(loss.of_table(table, loss.rows(len(table.rows), "lost")))
        return [*found, *self._of_sequences(complete)]

    def _of_table(
        self, table: TableSnapshot, now: TableSnapshot, leave: Leave, complete: bool, grown: bool
    ) -> Iterator[Loss]:
        places = []
        for place, column in enumerate(table.columns):
            other = table.place_in(now, column)
            if other is None:
                if complete and any(row[place] is not None for row in table.rows):
                    filled = sum(row[place] is not None for row in table.rows)
                    yield loss.of_column(table, column, loss.values(filled, "lost"))
            elif not leave(table, column, now.columns[other]):
                places.append((place, other))
        old, new = self._projected(table, now, places), [tuple(row[o] for _, o in places) for row in now.rows]
        key = [at for at, (place, _) in enumerate(places) if place in table.key]
        # values of the key that cannot be converted tell no rows apart
        has_key = key and len(key) == len(table.key) and all(row[at] != UNJUDGED for row in old for at in key)
        columns = [table.columns[place] for place, _ in places]
        if has_key and not (_numbered_anew(table, now, places, key) and _other_keys(old, new, key)):
            yield from _by_key(table, old, new, key, columns, grown)
        else:
            yield from _as_a_whole(table, old, new, columns, grown)

    def _projected(self, table: TableSnapshot, now: TableSnapshot, places: Sequence[tuple[int, int]]) -> list[Row]:
        columns = []
        for place, other in places:
            values = [row[place] for row in table.rows]
            columns.append(self._converted(values, table.columns[place], now.columns[other]))
        if not columns:
            return [()] * len(table.rows)
        return list(zip(*columns, strict=True))

    def _converted(self, values: list[Value], old: SnapshotColumn, new: SnapshotColumn) -> list[Value]:
        """Old values as the column's new type prints them."""
        if old.type == new.type:
            return [value if value is None else self._renamed.get(value, value) for value in values]
        ways = (
            f"CAST(CAST(v AS {old.type}) AS {new.type})",
            f"CAST(CAST(CAST(v AS {old.type}) AS text) AS {new.type})",
            f"CAST(v AS {new.type})",
        )
        for way in ways:
            query = Sql(
                f"SELECT {way.replace('%', '%%')} FROM unnest(%s::text[]) WITH ORDINALITY AS u (v, n) ORDER BY n"
            )
            texts = [None if value is None else self._renamed.get(value, value).decode() for value in values]
            try:
                found = self._connection.execute(query.encode(), [texts]).pgresult
            except (psycopg.Error, UnicodeDecodeError):
                continue
            if found is not None:
                return [found.get_value(row, 0) for row in range(found.ntuples)]
        return [value if value is None else UNJUDGED for value in values]

    def _of_sequences(self, complete: bool) -> Iterator[Loss]:
        names = {sequence.name: sequence for sequence in self._after.sequences.values()}
        for oid, sequence in self._before.sequences.items():
            now = self._after.sequences.get(oid) or names.get(sequence.name)
            if now is None and complete:
                yield loss.of_sequence(sequence, "it is lost")
            elif now is not None and sequence.next_value != now.next_value and (complete or sequence.last != now.last):
                what = f"its next value is {now.next_value} instead of {sequence.next_value}"
                advanced = abs(now.next_value) > abs(sequence.next_value)
                yield loss.of_sequence(sequence, what, advanced=advanced)


def _numbered_anew(table: TableSnapshot, now: TableSnapshot, places: Sequence[tuple[int, int]], key: list[int]) -> bool:
    """Whether a column of the key was dropped and made again, so that its values may be other ones."""
    return table.oid == now.oid and any(
        table.columns[place].number != now.columns[other].number for place, other in (places[at] for at in key)
    )


def _other_keys(old: list[Row], new: list[Row], key: list[int]) -> bool:
    """Whether a row's key of before is none of now, so that the key does not tell which row is which."""
    found = {tuple(row[at] for at in key) for row in new}
    return any(tuple(row[at] for at in key) not in found for row in old)


def _by_key(
    table: TableSnapshot, old: list[Row], new: list[Row], key: list[int], columns: list[SnapshotColumn], grown: bool
) -> Iterator[Loss]:
    found = {tuple(row[at] for at in key): row for row in new}
    wanted = {tuple(row[at] for at in key): row for row in old}
    missing = wanted.keys() - found.keys()
    if missing:
        yield loss.of_table(table, loss.rows(len(missing), "lost"))
    yield from _more(table, len(new) - len(old), grown)
    for at, column in enumerate(columns):
        pairs = [(row[at], found[values][at]) for values, row in wanted.items() if values in found]
        changed = [(before, now) for before, now in pairs if before != now and not _unjudged(before, now)]
        if changed:
            yield loss.of_column(table, column, loss.values(len(changed), "changed"), changed[0])


def _as_a_whole(
    table: TableSnapshot, old: list[Row], new: list[Row], columns: list[SnapshotColumn], grown: bool
) -> Iterator[Loss]:
    """Rows without a key: as many as before, each column with the same values, and in the same rows."""
    if len(new) < len(old):
        yield loss.of_table(table, loss.rows(len(old) - len(new), "lost"))
        return
    yield from _more(table, len(new) - len(old), grown)
    same = []
    for at, column in enumerate(columns):
        before, now = Counter(row[at] for row in old), Counter(row[at] for row in new)
        missing = before - now
        if UNJUDGED in missing:
            continue
        if missing:
            example = (next(iter(missing)), next(iter(now - before), None))
            yield loss.of_column(table, column, loss.values(missing.total(), "changed"), example)
        else:
            same.append(at)
    rows = Counter(tuple(row[at] for at in same) for row in old) - Counter(tuple(row[at] for at in same) for row in new)
    if rows:
        yield loss.of_table(table, loss.rows(rows.total(), "changed"))


def _unjudged(before: Value, now: Value) -> bool:
    return before == TOUCHED or (before == UNJUDGED and now is not None)


def _more(table: TableSnapshot, count: int, grown: bool) -> Iterator[Loss]:
    if count > 0 and not grown:
        yield loss.of_table(table, "1 row more than before" if count == 1 else f"{count} rows more than before")
