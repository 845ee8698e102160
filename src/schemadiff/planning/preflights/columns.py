"""Columns: which of their values a new type does not take, and what rows get in a new column."""

from dataclasses import replace

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.type_conversion.builtin_casts import text_between
from schemadiff.catalog.kinds.type_conversion.kept_values import limited_string
from schemadiff.catalog.kinds.type_conversion.refused_values import NEVER
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.problems import Problem, ProblemKind, Reason, ReasonKind
from schemadiff.catalog.statements.questions import Conversion, Filling, Question, RowsWhere, Trial, Unasked
from schemadiff.planning.preflights.types import Types
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work

_INSIDE = Reason(ReasonKind.INSIDE_ROWS)


def converted(asked: Question, act: Act, work: Work) -> tuple[Question, ...] | None:
    """The question about a change of type with a query; nothing where no value can be in the way."""
    return _converted(asked, work) if isinstance(asked, Conversion) else None


def _converted(asked: Conversion, work: Work) -> tuple[Question, ...]:
    identity = Identity(Column.KIND, Quoted(f"{asked.table}.{asked.column}"))
    before, after = work.live.get(identity), work.desired.get(identity)
    if not isinstance(before, Column) or not isinstance(after, Column):
        return ()
    if after.holds_rows or before.holds_rows:
        return (Unasked(object=asked.object, problem=asked.problem, table=asked.table, why=_INSIDE),)
    types = Types(work.live, work.desired)
    value = f"({asked.using})" if asked.using is not None else asked.column
    source = Sql("text") if asked.using is not None and limited_string(asked.type) else before.type
    known = asked.using is None or limited_string(asked.type)
    condition = types.refused(value, source, asked.type) if known else None
    if condition == NEVER:
        return ()
    if condition is None:
        return (_tried(asked, value, before, after),)
    reads = None if asked.using is not None else types.read_by(asked.type)
    return (
        RowsWhere(
            object=asked.object,
            problem=asked.problem,
            table=asked.table,
            reads=reads,
            condition=condition,
            columns=(asked.column,),
        ),
    )


def _tried(asked: Conversion, value: str, before: Column, after: Column) -> Trial:
    form = None if asked.using is not None else after.typed().by_way_of(before.typed())
    by_way_of = f"::{form}" if form else ""
    words = Sql(f"{value}{by_way_of}::{asked.type}")
    problem = asked.problem
    if asked.using is None and text_between(before.type, asked.type):
        problem = replace(problem, kind=ProblemKind.CONVERSION_BY_TEXT)
    return Trial(object=asked.object, problem=problem, table=asked.table, expression=words)


def filled(asked: Question, act: Act, work: Work) -> tuple[Question, ...] | None:
    """The question about a new column with a query; nothing where the column takes whatever it gets."""
    return _filled(asked, Types(work.live, work.desired)) if isinstance(asked, Filling) else None


def _filled(asked: Filling, types: Types) -> tuple[Question, ...]:
    domain = types.domain(asked.type)
    if asked.required and not (asked.computed or asked.value or (domain and domain.default)):
        problem = Problem.of(ProblemKind.NULL_IN_NEW_COLUMN, asked.column)
        return (RowsWhere(object=asked.object, problem=problem, table=asked.table, reads=(), condition=Sql("true")),)
    given = asked.value or (domain and domain.default) or "NULL"
    value, condition = f"({given})", None
    if domain is not None:
        condition = types.against_domain(value, domain.type, domain)
    elif limited_string(asked.type):
        condition = types.refused(f"{value}::text", Sql("text"), asked.type)
    if not asked.computed and (condition is None or condition == NEVER):
        return ()
    if condition == NEVER or (condition is None and asked.required):
        condition = Sql(f"{value}::{asked.type if domain is None else 'text'} IS NULL")
    elif condition is not None and asked.required:
        condition = Sql(f"{condition} OR {value} IS NULL")
    if condition is None:
        words = Sql(f"{value}::{asked.type}")
        return (Trial(object=asked.object, problem=asked.problem, table=asked.table, expression=words),)
    reads = None if asked.computed else types.read_by(asked.type)
    return (RowsWhere(object=asked.object, problem=asked.problem, table=asked.table, reads=reads, condition=condition),)
