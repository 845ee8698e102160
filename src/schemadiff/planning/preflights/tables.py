"""Tables and materialized views that a query reads: whether they have rows, and which key tells these apart."""

from dataclasses import dataclass
from functools import cached_property

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.questions import Question
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work


def without_rows(asked: Question, act: Act, work: Work) -> tuple[Question, ...] | None:
    """Nothing is asked of a table that is not there before the plan, or does not stay."""
    relation = relation_of(asked.table, work.live)
    return () if relation is None or relation in work.creates else None


def relation_of(name: Quoted, live: Catalog) -> Identity | None:
    """What bears the name and holds rows."""
    kinds = (Table.KIND, MaterializedView.KIND)
    return next((identity for kind in kinds if (identity := Identity(kind, name)) in live), None)


@dataclass(frozen=True)
class Tables:
    """What queries on the rows of `live` must know of its tables."""

    live: Catalog

    @cached_property
    def keys(self) -> dict[Quoted, tuple[Quoted, ...]]:
        """The primary key of each table."""
        return {key.table: key.columns for key in self.live.having(Constraint, "type", "p")}

    def source(self, asked: Question) -> Sql:
        """The question's table as FROM takes it."""
        return Sql(f"ONLY {asked.table}" if asked.own_rows and asked.table in self._parents else asked.table)

    def read_by(self, asked: Question) -> set[Identity]:
        """The tables that the question's query reads, and all their columns."""
        relations = {relation for name in asked.tables if (relation := relation_of(name, self.live)) is not None}
        users = {user for relation in relations for user in self.live.dependencies.needed_by.get(relation)}
        return relations | {user for user in users if user.kind == Column.KIND}

    @cached_property
    def over_foreign(self) -> set[Quoted]:
        """Tables of which children or partitions are foreign tables, whose rows no statement here checks."""
        above = {parent for join in self._joins if join.child_kind == "foreign table" for parent in join.parents}
        while more := {parent for join in self._joins if join.identity in above for parent in join.parents} - above:
            above |= more
        return above

    @cached_property
    def _parents(self) -> set[Quoted]:
        """Tables with children by INHERITS, whose rows a query on them reads too."""
        return {parent for join in self._joins if not join.bound for parent in join.parents}

    @cached_property
    def _joins(self) -> list[Inheritance]:
        return [Inheritance.of(values) for values in self.live.rows.get(Inheritance.KIND, {}).values()]
