"""Domains: a question to their values is asked in every column that holds any."""

from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.questions import DomainValues, Question, RowsWhere
from schemadiff.planning.preflights.types import against
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work


def in_columns(asked: Question, act: Act, work: Work) -> Iterator[Question] | None:
    """The same question for every column of the domain, or of one over it."""
    return _in_columns(asked, work) if isinstance(asked, DomainValues) else None


def _in_columns(asked: DomainValues, work: Work) -> Iterator[Question]:
    domains = _with_those_over(asked.table, work)
    domain = work.live.get(Identity(Domain.KIND, asked.table))
    base = domain.type if isinstance(domain, Domain) else None
    columns = (column for column in work.live.having(Column, "relation_kind", "table") if column.type in domains)
    for column in sorted(columns, key=Column.sort_key):
        source = column.inherited_from()
        above = work.live.get(source) if source else None
        with_parent = isinstance(above, Column) and above.type == column.type
        retyped = column.id in work.alters and work.alters[column.id].rebuilds
        if with_parent or retyped or column.id in work.releases or column.id in work.creates:
            continue
        yield RowsWhere(
            object=f"column {column.identity}",
            problem=asked.problem,
            table=column.table,
            reads=asked.reads,
            condition=against(column.name, asked.condition, base),
            columns=(column.name,),
        )


def _with_those_over(domain: Quoted, work: Work) -> set[str]:
    """The domain, and domains whose values are values of it."""
    names = work.live.rows.get(Domain.KIND, {})
    all_domains = [work.live[Identity(Domain.KIND, Quoted(name))] for name in names]
    over: set[str] = {domain}
    while more := {one.identity for one in all_domains if isinstance(one, Domain) and one.type in over} - over:
        over |= more
    return over
