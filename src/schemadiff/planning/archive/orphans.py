"""Rows that come back while the rows they point at were deleted: the foreign key's own rule is followed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Preflight, Statement
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.archive.sql import CopiedTable, MovedTable
from schemadiff.planning.archive.values import SavedColumn
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing

_NAMES = r"""(?:"(?:[^"]|"")*"|[^",()])+"""
_FOREIGN_KEY = re.compile(
    rf"FOREIGN KEY \((?P<columns>[^()]+|(?:{_NAMES}(?:, )?)+)\)"
    rf" REFERENCES (?P<table>{_NAMES})\((?P<keys>[^()]+|(?:{_NAMES}(?:, )?)+)\)(?P<rules>.*)"
)
_NAME = re.compile(r"""\s*((?:"(?:[^"]|"")*"|[^",]+)+)\s*(?:,|$)""")


class Reference(NamedTuple):
    """A foreign key by its parts; `rules` is what stands behind the names."""

    columns: tuple[Quoted, ...]
    other: Quoted
    keys: tuple[Quoted, ...]
    rules: str


def reference(key: Constraint) -> Reference | None:
    """What the foreign key `key` says, None where it cannot be told."""
    parsed = _FOREIGN_KEY.fullmatch(key.definition)
    if parsed is None or "PERIOD " in parsed["columns"]:
        return None
    columns, keys = (tuple(map(Quoted, _NAME.findall(parsed[part]))) for part in ("columns", "keys"))
    return Reference(columns, Quoted(parsed["table"]), keys, parsed["rules"])


def beside_restored_rows(built: CatalogObject, written: Iterator[Statement], writing: Writing) -> Iterator[Statement]:
    """What makes an object of a table that has rows: those that come back are known to fit, or are made to fit."""
    if isinstance(built, Constraint) and built.type == "f":
        return Homecoming(writing.giving, writing.work).statements(built, written)
    if built.within() in writing.giving.saved:
        return (replace(statement, questions=(), preflights=()) for statement in written)
    return written


@dataclass(frozen=True, slots=True)
class Source:
    """Rows as they will be after the rollback, in terms of what stands before it: FROM, and columns by name."""

    words: str
    alias: str
    elsewhere: dict[Quoted, str]

    def column(self, name: Quoted) -> str:
        """The column as an expression."""
        return self.elsewhere.get(name, f"{self.alias}.{name}")


@dataclass(frozen=True, slots=True)
class Homecoming:
    """What `giving` brings back to `live`, so that it becomes `desired`."""

    giving: Archive
    work: Work

    def statements(self, key: Constraint, made: Iterator[Statement]) -> Iterator[Statement]:
        """`made` makes the foreign key: before it goes what its rule for ON DELETE would have done meanwhile.

        Where that is to refuse a deletion, a preflight names the rows. So it does for rows that stayed, and
        point at none that comes back.
        """
        found = reference(key)
        if found is None or not self._concerns(key, found):
            yield from made
            return
        mending = tuple(self._mending(key, found))
        asked: tuple[Preflight, ...] = ()
        yield from mending
        if not mending and (preflight := self._preflight(key, found)) is not None:
            asked = (preflight,)
        for place, statement in enumerate(made):
            yield replace(statement, questions=(), preflights=() if place else asked)

    def _concerns(self, key: Constraint, found: Reference) -> bool:
        """Whether rows or values on either side of a foreign key come back."""
        tables = {key.within(), Identity("table", found.other)} & self.giving.saved.keys()
        columns = [(key.table, name) for name in found.columns] + [(found.other, name) for name in found.keys]
        return bool(tables) or any(self._saved_column(*column) for column in columns)

    def _mending(self, key: Constraint, found: Reference) -> Iterator[Statement]:
        """What the rule does to rows of a table that is back already, with all others, and to values that are.

        A row that was there all the while never goes.
        """
        kept = [saved for name in found.columns if (saved := self._saved_column(key.table, name))]
        back = key.within() in self.giving.saved
        known = f"SELECT FROM {found.other} AS p WHERE "
        known += " AND ".join(f"p.{k} = t.{c}" for c, k in zip(found.columns, found.keys, strict=True))
        lost = " AND ".join([*(f"t.{c} IS NOT NULL" for c in found.columns), f"NOT EXISTS ({known})"])
        if "ON DELETE CASCADE" in found.rules and back:
            words = f"DELETE FROM {key.table} AS t WHERE {lost}"
            yield Statement(
                Sql(words), summary=f"let rows of table {key.table} go whose {found.other} was deleted meanwhile"
            )
        elif "ON DELETE SET" in found.rules and (back or kept):
            value = "DEFAULT" if "ON DELETE SET DEFAULT" in found.rules else "NULL"
            words = f"UPDATE {key.table} AS t SET {', '.join(f'{c} = {value}' for c in found.columns)} WHERE {lost}"
            summary = f"let rows of table {key.table} forget the {found.other} that was deleted meanwhile"
            made = [Statement(Sql(words), summary=summary)]
            yield from kept[0].rows.updated(made) if kept else made

    def _preflight(self, key: Constraint, found: Reference) -> Preflight | None:
        """The rows that would make the foreign key fail; None where nobody can tell beforehand."""
        source = self._source(key.table, "t", found.columns)
        lost = self._lost(source, found, frozenset({key.id})) if source else None
        if source is None or lost is None:
            return None
        missing = "were deleted since" if key.within() in self.giving.saved else "are not there"
        problem = f"point at rows of {found.other} that {missing}"
        return Preflight(f"table {key.table}", problem, Sql(f"SELECT t.*\nFROM {source.words}\nWHERE {lost}"))

    def _lost(self, source: Source, found: Reference, seen: frozenset[Identity]) -> str | None:
        """The condition for rows of `source` that point at a row that does not come back, or goes at once."""
        depth = f"p{len(seen)}"
        other = self._source(found.other, depth, found.keys)
        if other is None:
            return None
        pairs = zip(found.columns, found.keys, strict=True)
        known = [f"{other.column(k)} = {source.column(c)}" for c, k in pairs]
        for key in self._cascading(found.other):
            further = reference(key) if key.id not in seen else None
            above = self._source(found.other, depth, further.columns) if further else None
            lost = self._lost(above, further, seen | {key.id}) if above and further else None
            known += [f"NOT ({lost})"] if lost else []
        given = [f"{source.column(c)} IS NOT NULL" for c in found.columns]
        return " AND ".join([*given, f"NOT EXISTS (SELECT FROM {other.words} WHERE {' AND '.join(known)})"])

    def _cascading(self, table: Quoted) -> Iterator[Constraint]:
        """Foreign keys by which rows of a table that comes back go at once."""
        if Identity("table", table) not in self.giving.saved:
            return
        for name in sorted(self.work.desired.rows.get(Constraint.KIND, ())):
            if name.endswith(f" ON {table}"):
                built = self.work.desired[Identity(Constraint.KIND, Quoted(name))]
                if isinstance(built, Constraint) and built.type == "f" and "ON DELETE CASCADE" in built.definition:
                    yield built

    def _source(self, table: Quoted, alias: str, columns: tuple[Quoted, ...]) -> Source | None:
        """Where the rows of a table are now, with those of `columns` that come back; None if one changes."""
        saved = self.giving.saved.get(Identity("table", table))
        if isinstance(saved, MovedTable):
            return Source(f"{saved.place.relation} AS {alias}", alias, {})
        if isinstance(saved, CopiedTable):
            values = {value.name: value.back(f"{alias}.") for value in saved.values}
            return Source(f"{saved.place.relation} AS {alias}", alias, values)
        words, elsewhere = f"{table} AS {alias}", {}
        for number, name in enumerate(columns):
            if kept := self._saved_column(table, name):
                near = f"{alias}_{number}"
                match = " AND ".join(f"{near}.{k} = {alias}.{k}" for k in kept.rows.key)
                words += f"\n    JOIN {kept.place.relation} AS {near} ON {match}"
                elsewhere[name] = kept.value.back(f"{near}.")
            elif not self._stays(table, name):
                return None
        return Source(words, alias, elsewhere)

    def _saved_column(self, table: Quoted, name: Quoted) -> SavedColumn | None:
        saved = self.giving.saved.get(Identity(Column.KIND, Quoted(f"{table}.{name}")))
        return saved if isinstance(saved, SavedColumn) else None

    def _stays(self, table: Quoted, name: Quoted) -> bool:
        identity = Identity(Column.KIND, Quoted(f"{table}.{name}"))
        before, after = self.work.live.get(identity), self.work.desired.get(identity)
        return isinstance(before, Column) and isinstance(after, Column) and before.type == after.type
