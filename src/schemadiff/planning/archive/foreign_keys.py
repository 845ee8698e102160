"""Foreign keys of rows that come back while the rows they point at were deleted: the key's own rule is followed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Preflight, Statement
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.archive.saved.columns import SavedColumn
from schemadiff.planning.archive.saved.tables import CopiedTable, MovedTable
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing


def of_restored_tables(graph: Graph, giving: Archive, work: Work) -> set[Act]:
    """The acts that create foreign keys of tables that come back with rows, which must fit them first."""
    acts = set()
    for act in graph.before if giving.saved else ():
        if act.operation is Operation.CREATE and act.identity.kind == Constraint.KIND:
            key = work.desired[act.identity]
            if isinstance(key, Constraint) and key.type == "f" and key.within() in giving.saved:
                acts.add(act)
    return acts


def beside_restored_rows(built: CatalogObject, written: Iterator[Statement], writing: Writing) -> Iterator[Statement]:
    """What makes an object of a table that has rows: those that come back are known to fit, or are made to fit."""
    if isinstance(built, Constraint) and built.type == "f":
        return RestoredForeignKeys(writing.giving, writing.work).statements(built, written)
    if built.within() in writing.giving.saved:
        return (replace(statement, questions=(), preflights=()) for statement in written)
    return written


class Reference(NamedTuple):
    """What a foreign key says: `columns` point at `keys` of `table`; ON DELETE SET changes `set_columns`."""

    columns: tuple[Quoted, ...]
    table: Quoted
    keys: tuple[Quoted, ...]
    on_delete: str | None
    set_columns: tuple[Quoted, ...]


def reference(key: Constraint) -> Reference | None:
    """What a foreign key says; None for one over periods, which compares more than equal values."""
    if key.target is None or key.target_columns is None or key.period:
        return None
    set_columns = key.delete_set_columns or key.columns
    return Reference(key.columns, key.target, key.target_columns, key.on_delete, set_columns)


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
class RestoredForeignKeys:
    """Foreign keys that the work creates beside rows and values that `giving` brings back."""

    giving: Archive
    work: Work

    def statements(self, key: Constraint, created: Iterator[Statement]) -> Iterator[Statement]:
        """`created` creates the foreign key: before it goes what its rule for ON DELETE would have done meanwhile.

        Where that is to refuse a deletion, a preflight names the rows. So it does for rows that stayed, and
        point at none that comes back.
        """
        points = reference(key)
        if points is None or not self._concerns(key, points):
            yield from created
            return
        orphaned = tuple(self._for_orphans(key, points))
        asked: tuple[Preflight, ...] = ()
        yield from orphaned
        if not orphaned and (preflight := self._preflight(key, points)) is not None:
            asked = (preflight,)
        for place, statement in enumerate(created):
            yield replace(statement, questions=(), preflights=() if place else asked)

    def _concerns(self, key: Constraint, points: Reference) -> bool:
        """Whether rows or values on either side of a foreign key come back."""
        tables = {key.within(), Identity(Table.KIND, points.table)} & self.giving.saved.keys()
        columns = [(key.table, name) for name in points.columns] + [(points.table, name) for name in points.keys]
        return bool(tables) or any(self._saved_column(*column) for column in columns)

    def _for_orphans(self, key: Constraint, points: Reference) -> Iterator[Statement]:
        """What the rule does to rows of a table that is back already, with all others, and to values that are.

        A row that was there all the while never goes.
        """
        saved_columns = [saved for name in points.columns if (saved := self._saved_column(key.table, name))]
        back = key.within() in self.giving.saved
        known = f"SELECT FROM {points.table} AS p WHERE "
        known += " AND ".join(f"p.{k} = t.{c}" for c, k in zip(points.columns, points.keys, strict=True))
        lost = " AND ".join([*(f"t.{c} IS NOT NULL" for c in points.columns), f"NOT EXISTS ({known})"])
        if points.on_delete == "CASCADE" and back:
            words = f"DELETE FROM {key.table} AS t WHERE {lost}"
            purpose = Purpose.of(StepOperation.DELETE_ORPHANS, key.within(), RawChange("target", None, points.table))
            yield Statement(Sql(words), purpose=purpose)
        elif points.on_delete in ("SET NULL", "SET DEFAULT") and (back or saved_columns):
            value = points.on_delete.removeprefix("SET ")
            words = (
                f"UPDATE {key.table} AS t SET {', '.join(f'{c} = {value}' for c in points.set_columns)} WHERE {lost}"
            )
            purpose = Purpose.of(StepOperation.CLEAR_ORPHANS, key.within(), RawChange("target", None, points.table))
            update = [Statement(Sql(words), purpose=purpose)]
            yield from saved_columns[0].rows.updated(update) if saved_columns else update

    def _preflight(self, key: Constraint, points: Reference) -> Preflight | None:
        """The rows that would make the foreign key fail; None where nobody can tell beforehand."""
        source = self._source(key.table, "t", points.columns)
        lost = self._lost(source, points, frozenset({key.id})) if source else None
        if source is None or lost is None:
            return None
        back = key.within() in self.giving.saved
        problem = Problem.of(ProblemKind.ORPHAN_SINCE if back else ProblemKind.ORPHAN_OF_RESTORED, points.table)
        return Preflight(f"table {key.table}", problem, Sql(f"SELECT t.*\nFROM {source.words}\nWHERE {lost}"))

    def _lost(self, source: Source, points: Reference, seen: frozenset[Identity]) -> str | None:
        """The condition for rows of `source` that point at a row that does not come back, or goes at once."""
        depth = f"p{len(seen)}"
        target = self._source(points.table, depth, points.keys)
        if target is None:
            return None
        pairs = zip(points.columns, points.keys, strict=True)
        known = [f"{target.column(k)} = {source.column(c)}" for c, k in pairs]
        for key in self._cascading(points.table):
            further = reference(key) if key.id not in seen else None
            above = self._source(points.table, depth, further.columns) if further else None
            lost = self._lost(above, further, seen | {key.id}) if above and further else None
            known += [f"NOT ({lost})"] if lost else []
        given = [f"{source.column(c)} IS NOT NULL" for c in points.columns]
        return " AND ".join([*given, f"NOT EXISTS (SELECT FROM {target.words} WHERE {' AND '.join(known)})"])

    def _cascading(self, table: Quoted) -> Iterator[Constraint]:
        """Foreign keys by which rows of a table that comes back go at once."""
        if Identity(Table.KIND, table) in self.giving.saved:
            keys = self.work.desired.having(Constraint, "table", table)
            yield from sorted((key for key in keys if key.on_delete == "CASCADE"), key=lambda key: key.identity)

    def _source(self, table: Quoted, alias: str, columns: tuple[Quoted, ...]) -> Source | None:
        """Where the rows of a table are now, with those of `columns` that come back; None if one changes."""
        saved = self.giving.saved.get(Identity(Table.KIND, table))
        if isinstance(saved, MovedTable):
            return Source(f"{saved.place.relation} AS {alias}", alias, {})
        if isinstance(saved, CopiedTable):
            values = {value.name: value.restored(f"{alias}.") for value in saved.values}
            return Source(f"{saved.place.relation} AS {alias}", alias, values)
        words, elsewhere = f"{table} AS {alias}", {}
        for number, name in enumerate(columns):
            if column := self._saved_column(table, name):
                near = f"{alias}_{number}"
                match = " AND ".join(f"{near}.{k} = {alias}.{k}" for k in column.rows.key)
                words += f"\n    JOIN {column.place.relation} AS {near} ON {match}"
                elsewhere[name] = column.value.restored(f"{near}.")
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
