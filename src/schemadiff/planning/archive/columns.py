"""Columns of tables that stay: what is dropped, and what a change of type does not carry there and back."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.sql import Sql, literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement, concerning
from schemadiff.catalog.versions import JUDGES_INPUT
from schemadiff.errors import ConversionRefused
from schemadiff.planning.archive.ahead.choosing import ahead
from schemadiff.planning.archive.archive import Choice
from schemadiff.planning.archive.keys import rows_of
from schemadiff.planning.archive.saved.ahead import ColumnAhead
from schemadiff.planning.archive.saved.columns import SavedColumn, SavedValues
from schemadiff.planning.archive.saved.rows import Value
from schemadiff.planning.archive.sequences import last_value_of
from schemadiff.planning.families.virtual_columns import with_computed_values
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing

_OF_VALUES = frozenset({"type", "collation", "generated", "expression"})
"""The fields of a column that say what its values are."""


def save_dropped(choice: Choice) -> None:
    """Copy the values of columns whose tables stay, with the keys of their rows."""
    for identity in choice.dropped():
        column = choice.up.live[identity]
        if isinstance(column, Column) and column.within() not in choice.up.drops:
            _save(column, choice)


def save_computed(choice: Choice) -> None:
    """The same of columns whose values are computed from now on: the way back only drops the expression."""
    for identity in sorted(choice.up.drops & choice.up.creates & choice.down.alters.keys()):
        column = choice.up.live[identity]
        if isinstance(column, Column) and column.within() not in choice.up.drops:
            _save(column, choice)


def _save(column: Column, choice: Choice) -> None:
    source = column.inherited_from()
    if column.relation_kind != "table" or column.generated or column.of_type or column.id in choice.up.successors:
        return
    if source is not None and source in choice.up.drops and column.goes_with_parent():
        return
    rows = rows_of(column.table, {column.id}, choice.up)
    if rows is None:
        return
    counter = last_value_of(column, choice.places) if column.identity_kind is not None else None
    computed = column.id not in choice.down.creates
    saved = SavedColumn(
        choice.places.free(column.id),
        rows,
        value_of(column, choice.up),
        counts=not computed and (counter is not None or column.serial is not None),
        computed=computed,
        counter=counter,
        always=column.identity_kind == "a" and not computed,
    )
    choice.saved[column.id] = ahead(column, saved, choice)


def value_of(column: Column, work: Work) -> Value:
    """How the column's values are saved: as text where their type goes, too."""
    needs = work.live.dependencies.needs.get(column.id, set()) - {column.within()}
    return Value(column.name, column.type, as_text=bool(needs & work.drops))


def save_retyped(choice: Choice) -> None:
    """Copy values that the new type does not give back as they were."""
    for identity, change in sorted(choice.up.alters.items()):
        before, after = change.before, change.after
        if not isinstance(before, Column) or not isinstance(after, Column) or "type" not in change.fields:
            continue
        if identity in choice.up.releases or before.relation_kind != "table" or before.inherited_from():
            continue
        back = after.typed().there_and_back(before.typed())
        rows = None if back is None else rows_of(before.table, {identity}, choice.up)
        if back is not None and rows is not None:
            known, place = _back(before, after, back), choice.places.free(identity)
            choice.changes[identity] = SavedValues(place, rows, before.name, before.type, known, castless=known is None)


def _back(before: Column, after: Column, back: Sql) -> Sql | None:
    """The way back as an expression; None where only the outcome tells, since there may be no cast.

    Errors: ConversionRefused where there is none, and nobody has said that it should be so.
    """
    castable = before.typed().has_cast_from(after.typed())
    if after.using is not None:
        return back if castable else None
    if castable is False and after.typed().has_cast_from(before.typed()):
        raise ConversionRefused(
            f"column {before.identity}: Postgres casts {before.type} into {after.type}, but has no cast back, which "
            "the rollback would need for rows that come meanwhile: say in the desired files that it should be so, with "
            f"-- @using {before.name}::{after.type} above the column, and old values are archived as they are; "
            "or choose a type from which a cast leads back, such as text"
        )
    return back


def read_where_possible(after: CatalogObject, before: CatalogObject, writing: Writing) -> CatalogObject:
    """A column whose old values come back without a cast: others are read as text, or NULL where that fails."""
    values = writing.giving.changes.get(after.id)
    if values is None or not values.castless or not isinstance(after, Column) or not isinstance(before, Column):
        return after
    if after.not_null or after.using is not None or after.typed().has_cast_from(before.typed()):
        return after
    text = f"{after.name}::text"
    read = f"CASE WHEN pg_input_is_valid({text}, {literal(after.type)}) THEN {text}::{after.type} END"
    return replace(after, using=Sql(read if after.server_version >= JUDGES_INPUT else f"NULL::{after.type}"))


def lost_by_retyping(act: Act, statement: Statement, writing: Writing) -> bool | None:
    """A new type loses values where it does not give them back and rewrites the table; None where none comes."""
    if act.operation is not Operation.ALTER or act.identity in writing.saving.changes:
        return None
    change = writing.work.alters[act.identity]
    before, after = change.before, change.after
    if not isinstance(before, Column) or not isinstance(after, Column) or "type" not in change.fields:
        return None
    return after.typed().there_and_back(before.typed()) is not None and Hazard.TABLE_REWRITE in statement.hazards


def computed(column: CatalogObject, writing: Writing) -> Iterator[Statement] | None:
    """ADD COLUMN with the values that a virtual column had before."""
    return with_computed_values(column, writing) if isinstance(column, Column) else None


def regained(identity: Identity, altered: Iterable[Statement], writing: Writing) -> Iterator[Statement]:
    """What makes a column plain again, its old values, and then what asks something of these."""
    saved = writing.giving.saved[identity]
    assert isinstance(saved, SavedColumn)
    values, waiting = replace(saved, counter=None), True
    for statement in altered:
        fields = statement.purpose.fields if statement.purpose is not None else None
        if waiting and fields and not _OF_VALUES.issuperset(fields):
            yield from values.give_back()
            waiting = False
        asked = (saved.without_value(),) if statement.questions and not waiting else ()
        yield replace(statement, questions=(), preflights=asked) if asked else statement
    if waiting:
        yield from values.give_back()
    if saved.counter is not None:
        yield from saved.counter.give_back()


def filled(column: CatalogObject, writing: Writing) -> Iterator[Statement] | None:
    """ADD COLUMN, its old values, and NOT NULL last where no default fulfils it from the beginning."""
    saved = writing.giving.saved.get(column.id)
    return _filled(column, saved, writing) if isinstance(column, Column) and isinstance(saved, SavedColumn) else None


def _filled(column: Column, saved: SavedColumn, writing: Writing) -> Iterator[Statement]:
    create = Act(Operation.CREATE, column.id)
    if isinstance(saved, ColumnAhead):
        yield from _filled_in_batches(column, saved, create, writing)
        return
    clauses = writing.clauses(create)
    late = column.not_null and not clauses and not column.identity_kind
    nullable = replace(column, not_null=False, not_null_constraint=None)
    added = nullable if late else column
    computed = with_computed_values(added, writing)
    yield from added.create_online(clauses) if computed is None else computed
    for part in writing.parts(create):
        if part.identity in writing.giving.saved:
            yield from writing.giving.saved[part.identity].give_back()
    yield from saved.give_back()
    if late:
        for statement in column.alter_not_null(nullable):
            asked = (saved.without_value(),) if statement.questions else ()
            yield replace(statement, questions=(), preflights=asked)


def _filled_in_batches(column: Column, saved: ColumnAhead, create: Act, writing: Writing) -> Iterator[Statement]:
    """ADD COLUMN without values, its default for new rows alone, and NOT NULL for when the batches have been."""
    written = column.create_to_fill() if column.not_null else column.create_online(())
    for place, statement in enumerate(written):
        asked = (saved.without_value(),) if place and statement.questions and not saved.default else ()
        yield replace(statement, questions=statement.questions if place else (), preflights=asked)
        for part in writing.parts(create) if place == 0 else ():
            built = writing.work.desired[part.identity]
            if built.within() == column.id:
                yield from concerning(built.id, built.create(), StepOperation.CREATE)
