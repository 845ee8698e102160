"""From what kinds say about rows in the way to preflights: queries that are valid on live as it will be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted, Sql, last_name
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.questions import (
    Conversion,
    DomainValues,
    Filling,
    Listing,
    Question,
    RowsWhere,
    Trial,
    Unasked,
)
from schemadiff.catalog.statements.statement import Preflight, Statement
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.preflights.conversion_rows import Conversions, against
from schemadiff.planning.renames.renames import Rename
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import Segment

_RELATIONS = ("table", "materialized view")
_NOT_READ = (Constraint.KIND, Index.KIND, Inheritance.KIND)
"""Kinds that change nothing about the answer of a query that reads what they belong to."""

_SPEAKING = ("function", "procedure", "aggregate", "operator", "cast", "extension")
"""Kinds whose objects answer otherwise, or to another name, however they are altered."""

Written = Sequence[tuple[Act, Statement]]


@dataclass(frozen=True)
class Survey:
    """Knows which rows are there to be asked about, and what changes before they are."""

    work: Work

    def with_queries(self, act: Act, statement: Statement) -> Statement:
        """The statement with those of its questions to which live has rows, each with a query.

        Where none is left, no row can make it fail.
        """
        if not statement.questions:
            return statement
        questions = tuple(found for asked in statement.questions for found in self._found(act, asked))
        hazards = tuple(hazard for hazard in statement.hazards if questions or hazard is not Hazard.MAY_FAIL_ON_DATA)
        return replace(statement, questions=questions, hazards=hazards)

    def preflights(self, written: Written, segments: Sequence[Segment], joined: Graph) -> Iterator[Preflight]:
        """What to ask before the statements, which stand in `segments` in their order."""
        numbers = [number for number, segment in enumerate(segments) for _ in segment.steps]
        places = self._places(written, numbers, joined)
        for (act, statement), number in zip(written, numbers, strict=True):
            yield from (replace(asked, statement=statement.sql) for asked in statement.preflights)
            for question in statement.questions:
                yield self._preflight(act, statement, question, number, places)

    def _found(self, act: Act, asked: Question) -> Iterator[Question]:
        if isinstance(asked, DomainValues):
            yield from self._in_columns(asked)
        elif not self._has_rows(asked.table) or self._asked_of_partitions(act.identity):
            return
        elif isinstance(asked, Conversion | Filling):
            values = Conversions(self.work.live, self.work.desired)
            found = values.question(asked) if isinstance(asked, Conversion) else values.filled(asked)
            if found is not None:
                yield found
        elif act.identity.kind == Inheritance.KIND and asked.reads is not None:
            yield replace(asked, reads=(*asked.reads, *sorted(self._retyped(asked.table))))
        else:
            yield asked

    def _has_rows(self, table: Quoted) -> bool:
        """Whether the table is there before the plan and stays."""
        found = [identity for kind in _RELATIONS if (identity := Identity(kind, table)) in self.work.live]
        return bool(found) and found[0] not in self.work.creates

    def _asked_of_partitions(self, identity: Identity) -> bool:
        """Whether each partition gets the same by a statement of its own, with the same question."""
        parts = [self.work.desired[part] for part in self.work.desired.children_of.get(identity, ())]
        return bool(parts) and all(
            isinstance(part, Constraint | Index)
            and part.id in self.work.creates
            and not (part.made_with_parent() or part.comes_with_parents())
            for part in parts
        )

    def _in_columns(self, asked: DomainValues) -> Iterator[Question]:
        """The same question for every column of the domain, or of one over it."""
        domains = {asked.table}
        while more := {d.identity for d in self._domains if Quoted(d.type) in domains} - domains:
            domains |= more
        for column in sorted(self._columns, key=lambda column: column.sort_key()):
            source = column.inherited_from()
            above = self.work.live.get(source) if source else None
            with_parent = isinstance(above, Column) and above.type == column.type
            if Quoted(column.type) not in domains or with_parent:
                continue
            if column.id in self.work.releases or column.id in self.work.creates or self._is_retyped(column.id):
                continue
            yield RowsWhere(
                object=f"column {column.identity}",
                problem=asked.problem,
                table=column.table,
                reads=asked.reads,
                condition=against(column.name, asked.condition),
                columns=(column.name,),
            )

    @cached_property
    def _columns(self) -> list[Column]:
        return list(self.work.live.having(Column, "relation_kind", "table"))

    @cached_property
    def _domains(self) -> list[Domain]:
        names = self.work.live.rows.get(Domain.KIND, {})
        domains = (self.work.live[Identity(Domain.KIND, Quoted(name))] for name in names)
        return [domain for domain in domains if isinstance(domain, Domain)]

    @cached_property
    def _keys(self) -> dict[Quoted, tuple[Quoted, ...]]:
        """The primary key of each table."""
        return {key.table: key.columns for key in self.work.live.having(Constraint, "type", "p")}

    @cached_property
    def _parents(self) -> set[Quoted]:
        """Tables with children by INHERITS, whose rows a query on them reads too."""
        names = self.work.live.rows.get(Inheritance.KIND, {})
        found = (self.work.live[Identity(Inheritance.KIND, Quoted(name))] for name in names)
        return {parent for one in found if isinstance(one, Inheritance) and not one.bound for parent in one.parents}

    @cached_property
    def _over_foreign(self) -> set[Quoted]:
        """Tables of which children or partitions are foreign tables, whose rows no statement here checks."""
        names = self.work.live.rows.get(Inheritance.KIND, {})
        found = [self.work.live[Identity(Inheritance.KIND, Quoted(name))] for name in names]
        joins = [one for one in found if isinstance(one, Inheritance)]
        above = {parent for one in joins if one.child_kind == "foreign table" for parent in one.parents}
        while more := {parent for one in joins if one.identity in above for parent in one.parents} - above:
            above |= more
        return above

    def _retyped(self, table: Quoted) -> set[Identity]:
        """Columns of the table that come with the plan, or change their type in it."""
        changed = (*self.work.creates, *self.work.alters, *self.work.releases)
        return {
            identity
            for identity in changed
            if identity.kind == Column.KIND and self._table_of(identity) == table and self._is_changed(identity)
        }

    def _table_of(self, column: Identity) -> Quoted | None:
        built = self.work.desired.get(column)
        return built.table if isinstance(built, Column) else None

    def _is_retyped(self, identity: Identity) -> bool:
        return identity in self.work.alters and self.work.alters[identity].rebuilds

    def _is_changed(self, identity: Identity) -> bool:
        """Whether the object answers otherwise after the plan than before."""
        work = self.work
        altered = identity in work.alters and (work.alters[identity].rebuilds or identity.kind in _SPEAKING)
        return identity in work.creates or identity in work.releases or altered

    def _changing(self, act: Act, question: Question) -> Iterator[Identity]:
        """What the query reads that the plan makes or changes."""
        reads = question.reads
        for other in self.work.desired.dependencies.needs[act.identity] if reads is None else reads:
            own = other == act.identity or other.kind in _NOT_READ or other.name == question.table
            if not own and self._is_changed(other):
                yield other

    def _places(self, written: Written, numbers: Sequence[int], joined: Graph) -> dict[Identity, int]:
        """The last segment in which each object is made or changed."""
        places: dict[Identity, int] = defaultdict(int)

        def note(act: Act, number: int) -> None:
            if act.operation is not Operation.DROP:
                places[act.identity] = max(number, places[act.identity])
            for part in joined.parts.get(act, ()):
                note(part, number)

        for (act, _), number in zip(written, numbers, strict=True):
            note(act, number)
        return places

    def _preflight(
        self, act: Act, statement: Statement, question: Question, number: int, places: dict[Identity, int]
    ) -> Preflight:
        changing = sorted(self._changing(act, question))
        late = [other for other in changing if places.get(other, 0) >= number]
        why = question.why if isinstance(question, Unasked) else ""
        if late and not why:
            why = f"{late[0]} is changed in the same transaction"
        made = Preflight(question.object, question.problem, Sql(""), statement.sql, question.tables, unasked=why)
        if not why and not question.own_rows and question.table in self._over_foreign:
            why = "some of its children are foreign tables, whose rows do not count"
        if why or not isinstance(question, Listing):
            return replace(made, unasked=why)
        key = self._keys.get(question.table, ())
        source = f"ONLY {question.table}" if question.own_rows and question.table in self._parents else question.table
        return replace(
            made,
            rows=question.query(key, Sql(source)),
            waits=bool(changing),
            trial=isinstance(question, Trial),
        )


def after_renames(preflights: Iterable[Preflight], renames: Iterable[Rename]) -> tuple[Preflight, ...]:
    """The preflights of a script that renames come before: those which may speak of a new name wait for it."""
    names = {last_name(rename.new.name) for rename in renames}
    return tuple(
        replace(preflight, waits=preflight.waits or any(name in preflight.rows for name in names))
        for preflight in preflights
    )
