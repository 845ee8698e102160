"""What a template's caller may write in SQL: a type or an expression, each checked to be that and no more."""

from pglast import parse_sql
from pglast.ast import A_Const, RawStmt, ResTarget, SelectStmt, TypeCast
from pglast.enums import LimitOption, SetOperation
from pglast.parser import ParseError, scan

_COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})


def is_type(text: str) -> bool:
    """Whether `text` is the name of a type, with modifiers and brackets as may be."""
    cast = _only_column(f"SELECT NULL::{text}")
    return isinstance(cast, TypeCast) and isinstance(cast.arg, A_Const) and _has_no_comment(text)


def is_expression(text: str) -> bool:
    """Whether `text` is one expression, which stays one wherever it is put."""
    return (
        _only_column(f"SELECT {text}") is not None
        and _only_column(f"SELECT ({text})") is not None
        and (_has_no_comment(text))
    )


def _has_no_comment(text: str) -> bool:
    return not any(token.name in _COMMENTS for token in scan(text))


def _only_column(query: str) -> object:
    """The value of a query's only column, where it consists of nothing else."""
    try:
        statements: tuple[RawStmt, ...] = parse_sql(query)
    except ParseError:
        return None
    if len(statements) != 1 or not isinstance(select := statements[0].stmt, SelectStmt):
        return None
    columns = select.targetList or ()
    plain = SelectStmt(
        targetList=columns,
        limitOption=LimitOption.LIMIT_OPTION_DEFAULT,
        op=SetOperation.SETOP_NONE,
        groupDistinct=False,
        all=False,
    )
    if select != plain or len(columns) != 1 or not isinstance(column := columns[0], ResTarget):
        return None
    return None if column.name or column.indirection else column.val
