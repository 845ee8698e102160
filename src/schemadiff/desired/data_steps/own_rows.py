"""The rows that a backfill is for, by its statement: those that it has not changed yet can be asked for."""

from dataclasses import dataclass
from typing import Any

from schemadiff.catalog.sql import Sql
from schemadiff.desired.data_steps.batch import with_batch

_BATCH, _COLUMNS = "schemadiff_batch", "schemadiff_columns"
"""Stand-ins in a query that is printed once."""


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Where the rows of a backfill stand, as a query; `limited` if its statement has a condition besides `:batch`.

    Rows may come more than once where they are `joined` with others.
    """

    text: str
    limited: bool
    joined: bool

    def query(self, columns: str, batch: str) -> Sql:
        """The query for `columns` of those rows of which the condition `batch` is true."""
        return Sql(self.text.replace(_COLUMNS, columns).replace(_BATCH, batch))


def own_rows(sql: Sql) -> OwnRows | None:
    """The rows of a backfill's statement; None where its form does not say."""
    from pglast import ast, parse_sql  # takes longer to import than all else here
    from pglast.parser import ParseError
    from pglast.stream import RawStream

    try:
        (raw,) = parse_sql(with_batch(sql, _BATCH))
    except (ParseError, RecursionError, ValueError):
        return None
    parts = _parts(raw.stmt)
    if parts is None:
        return None
    sources, condition, expressions = parts
    columns = ast.ResTarget(val=ast.ColumnRef(fields=(ast.String(sval=_COLUMNS),)))
    select = ast.SelectStmt(
        targetList=(columns,), fromClause=sources, whereClause=condition, withClause=expressions,
        op=0, limitOption=0, groupDistinct=False, all=False,
    )  # fmt: skip
    try:
        # pglast prints most of SQL; of what it cannot, some parts say so and others stumble over what they do not know
        text = RawStream()(select)
    except (NotImplementedError, RecursionError, TypeError, AttributeError):
        return None
    if text.count(_COLUMNS) != 1 or _BATCH not in text:
        return None
    return OwnRows(text, not _is_batch(condition), len(sources) > 1)


def has_own_condition(sql: Sql) -> bool:
    """Whether a backfill leaves out rows by a condition of its own."""
    found = own_rows(sql)
    return found is not None and found.limited


def _parts(statement: Any) -> tuple[tuple[Any, ...], Any, Any] | None:
    """The tables, the condition and the common table expressions of a statement."""
    match type(statement).__name__:
        case "UpdateStmt":
            return (statement.relation, *(statement.fromClause or ())), statement.whereClause, statement.withClause
        case "DeleteStmt":
            return (statement.relation, *(statement.usingClause or ())), statement.whereClause, statement.withClause
        case "InsertStmt" if _is_plain(select := statement.selectStmt):
            return tuple(select.fromClause), select.whereClause, statement.withClause or select.withClause
    return None


def _is_plain(select: Any) -> bool:
    """Whether each row of a query stands for one of its tables."""
    if type(select).__name__ != "SelectStmt" or not select.fromClause or select.whereClause is None:
        return False
    return not (select.groupClause or select.havingClause or select.limitCount or select.distinctClause)


def _is_batch(condition: Any) -> bool:
    fields = getattr(condition, "fields", None) or ()
    return any(getattr(field, "sval", "") == _BATCH for field in fields)
