"""New columns whose rows get default or number in batches, where adding them at once would rewrite a large table."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.desired.data_steps.batch import BATCH
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.archive.keys import rows_of
from schemadiff.planning.archive.saved.rows import Rows
from schemadiff.planning.online.new_columns import default_of
from schemadiff.planning.sizes import Sizes
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import Segment

_ROWS = 1000
"""Of the first batch; what is quick lets them grow."""


def batches_of_new_columns(work: Work, sizes: Sizes, giving: Archive) -> Iterator[Segment]:
    """The segments that fill new columns of large tables whose rows can be told apart, one for each table."""
    columns: dict[Quoted, list[Column]] = defaultdict(list)
    for identity in work.creates:
        column = work.desired[identity]
        if isinstance(column, Column) and identity not in giving.saved and _rewrites(column, work):
            columns[column.table].append(column)
    for table in sorted(columns):
        rows = rows_of(table, set(), work) if sizes.online(table) else None
        if rows is not None:
            yield _segment(sorted(columns[table], key=Column.sort_key), rows, work)


def _rewrites(column: Column, work: Work) -> bool:
    """Whether adding the column gives each row a value of its own, for which it is rewritten."""
    table = work.live.get(column.within())
    stays = column.within() not in work.drops | work.creates
    if not isinstance(table, Table) or not stays or column.comes_with_parents() or column.in_partition:
        return False
    if column.generated or column.of_type or column.id in work.drops:
        return False
    if column.identity_kind:
        return table.partition_key is None
    default = default_of(column, work)
    return default is not None and default.volatile


def _segment(columns: list[Column], rows: Rows, work: Work) -> Segment:
    """The batches, while triggers are silent: to them, adding a column is no UPDATE."""
    names, keys = tuple(column.name for column in columns), rows.keys()
    values = ", ".join(f"{column.name} = {_value(column, work, alone=len(columns) == 1)}" for column in columns)
    missing = " OR ".join(f"{name} IS NULL" for name in names)
    sql = Sql(f"UPDATE {rows.table} SET {values} WHERE {BATCH} AND {missing if len(names) == 1 else f'({missing})'}")
    digest = hashlib.sha256("\0".join((sql, rows.table, keys)).encode()).hexdigest()
    name = f"values of {rows.table} ({', '.join(names)})"
    backfill = Backfill(name, sql, Sql(rows.table), Sql(keys), _ROWS, digest, names, adapts=True, made=True)
    return in_silence(backfill, rows)


def in_silence(backfill: Backfill, rows: Rows) -> Segment:
    """The segment that runs the batches while triggers are silent and all rows are seen."""
    (step,) = Segment.of_backfill(backfill).steps
    around = [step_by_itself(one, holder=step.holder) for one in rows.updated(())]
    opening = [one for one in around if one.operation in _OPENING]
    return Segment((*opening, step, *(one for one in around if one not in opening)), backfill=backfill)


def _value(column: Column, work: Work, *, alone: bool) -> str:
    default = default_of(column, work)
    value = column.value_in_batches(default.expression if default else None)
    return (
        str(value) if alone else f"CASE WHEN {column.name} IS NULL THEN ({value})::{column.type} ELSE {column.name} END"
    )


_OPENING = (StepOperation.DISABLE_TRIGGER, StepOperation.SHOW_ALL_ROWS)
