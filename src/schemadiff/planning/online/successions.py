"""Columns of large tables that change their type: what is filled beside each takes its place in a moment."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeGuard

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Phase, Statement, concerning
from schemadiff.planning.online.successor import Successor
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing


def indexes_of(successors: Iterable[Successor], work: Work) -> list[Constraint | Index]:
    """The indexes, and keys that have one, of which new columns are a part in the end."""
    needing = {user for one in successors for user in work.desired.dependencies.needed_by.get(one.after.id, ())}
    tables = {one.after.within() for one in successors}
    users = (work.desired[user] for user in sorted(needing))
    return [user for user in users if user.within() in tables and has_index(user)]


def has_index(built: CatalogObject | None) -> TypeGuard[Constraint | Index]:
    """Whether the object is an index, or a constraint that has one."""
    return isinstance(built, Index) or (isinstance(built, Constraint) and built.type in "pux")


def on_new_columns(built: Constraint | Index, successors: Iterable[Successor]) -> Constraint | Index | None:
    """An index or a key as it is built before the swap; None where that cannot be said."""
    found: Constraint | Index | None = built
    for one in successors:
        if found is not None and one.after.table == built.table:
            found = one.bearing(found)
    return found


def goes_behind_filling(act: Act, writing: Writing) -> bool:
    """Whether the act is one of a swap."""
    return act.identity in writing.work.successors


def making_way(act: Act, written: tuple[Statement, ...], work: Work) -> tuple[Statement, ...]:
    """The old column goes while its values stand in the new one."""
    return (work.successors[act.identity].give_way(),) if act.identity in work.successors else written


def succeeding(column: CatalogObject, writing: Writing) -> Iterator[Statement] | None:
    """The new column takes the name of the old one."""
    one = writing.work.successors.get(column.id)
    return _succeeding(one, writing) if one is not None else None


def _succeeding(one: Successor, writing: Writing) -> Iterator[Statement]:
    yield from one.succeed()
    for part in writing.parts(Act(Operation.CREATE, one.after.id)):
        built = writing.work.desired[part.identity]
        if built.within() == one.after.id:
            yield from concerning(built.id, built.create(), StepOperation.CREATE)


def built_ahead(built: CatalogObject, written: Iterator[Statement], writing: Writing) -> Iterator[Statement]:
    """An index or a key of a new column takes over the index that is there."""
    work = writing.work
    if not isinstance(built, Constraint | Index) or built not in indexes_of(work.successors.values(), work):
        return written
    _, *rest = built.exchange(())
    return (replace(statement, phase=Phase.MAIN) for statement in rest)
