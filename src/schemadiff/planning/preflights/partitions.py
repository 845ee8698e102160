"""Partitions and children by INHERITS: who answers for their rows, and with which columns they join their parents."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.questions import Question
from schemadiff.planning.preflights.reading import answers_otherwise
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work


def asked_of_partitions(asked: Question, act: Act, work: Work) -> tuple[Question, ...] | None:
    """Nothing is asked where each partition gets the same by a statement of its own, with the same question."""
    parts = [work.desired[part] for part in work.desired.children_of.get(act.identity, ())]
    apart = bool(parts) and all(
        isinstance(part, Constraint | Index)
        and part.id in work.creates
        and not (part.made_with_parent() or part.comes_with_parents())
        for part in parts
    )
    return () if apart else None


def joined_later(asked: Question, act: Act, work: Work) -> tuple[Question, ...] | None:
    """A table that joins its parents is read with the columns that it has by then."""
    if act.identity.kind != Inheritance.KIND or asked.reads is None:
        return None
    return (replace(asked, reads=(*asked.reads, *sorted(_changing_columns(asked.table, work)))),)


def _changing_columns(table: Quoted, work: Work) -> Iterator[Identity]:
    """Columns of the table that come with the plan, or change their type in it."""
    for identity in {*work.creates, *work.alters, *work.releases}:
        column = work.desired.get(identity) if identity.kind == Column.KIND else None
        if isinstance(column, Column) and column.table == table and answers_otherwise(identity, work):
            yield identity
