"""Which columns are archived ahead of the script: those of large tables whose rows batches can follow."""

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.default_value import DefaultValue
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.enum import EnumType
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.sql import Quoted
from schemadiff.planning.archive.archive import Archive, Choice
from schemadiff.planning.archive.saved.ahead import ColumnAhead
from schemadiff.planning.archive.saved.columns import SavedColumn
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing


def ahead(column: Column, saved: SavedColumn, choice: Choice) -> SavedColumn:
    """What is saved, as batches save it where the table is large and a plain column is dropped and no more."""
    if not choice.sizes.online(column.table) or not _is_plain(column, saved, choice):
        return saved
    default = Identity(DefaultValue.KIND, column.identity) in choice.up.live
    return ColumnAhead(saved.place, saved.rows, saved.value, default=default)


def columns_ahead(archive: Archive) -> list[ColumnAhead]:
    """What of an archive batches save and give back."""
    return [one for _, one in sorted(archive.saved.items()) if isinstance(one, ColumnAhead)]


def waits_for_values(act: Act, writing: Writing) -> bool:
    """Whether the act makes a foreign key of a column whose values come back in batches: it stands behind these."""
    if act.operation is not Operation.CREATE or act.identity.kind != Constraint.KIND:
        return False
    key = writing.work.desired[act.identity]
    if not isinstance(key, Constraint) or key.type != "f":
        return False
    ends = [(key.table, name) for name in key.columns]
    ends += [(key.target, name) for name in key.target_columns or ()] if key.target is not None else []
    columns = {(one.rows.table, one.value.name) for one in columns_ahead(writing.giving)}
    return not columns.isdisjoint(ends)


def _is_plain(column: Column, saved: SavedColumn, choice: Choice) -> bool:
    """Whether a trigger can keep the archive in step: it sees all rows, and finds the key without help."""
    domain = Identity(Domain.KIND, Quoted(column.type)) in choice.up.live  # it may refuse NULL
    counted = saved.counts or saved.always or saved.counter is not None
    foreign_code = saved.value.as_text  # a cast of the user's would run with the rights of the trigger's owner
    special = domain or counted or foreign_code or saved.computed or column.inherited_from() is not None
    replaced = column.id in choice.up.creates or column.id in choice.down.drops
    plain_key = all(_is_built_in(Quoted(f"{column.table}.{name}"), choice) for name in saved.rows.key)
    return plain_key and not (special or replaced or saved.rows.forced or _triggers_change(column.table, choice))


def _is_built_in(name: Quoted, choice: Choice) -> bool:
    """Whether values of a column are compared without a search_path."""
    column = choice.up.live.get(Identity(Column.KIND, name))
    if not isinstance(column, Column):
        return False
    return "." not in column.type or Identity(EnumType.KIND, Quoted(column.type)) in choice.up.live


def _triggers_change(table: Quoted, choice: Choice) -> bool:
    """Whether a trigger of the table comes or goes, so that not the same ones are there all the while."""
    changed = choice.up.drops | choice.up.creates | choice.up.alters.keys()
    sides = (choice.up.live, choice.up.desired)
    return any(trigger.id in changed for side in sides for trigger in side.having(Trigger, "table", table))
