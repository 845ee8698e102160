"""Queries of views as Postgres prints them since 16: where there is one relation only, columns bear their bare names.

Source: get_query_def() and get_variable() in src/backend/utils/adt/ruleutils.c of Postgres 14 to 18.
"""

from collections.abc import Iterator
from typing import Any

from schemadiff.catalog.sql import Sql, quote_ident
from schemadiff.catalog.versions import PRINTS_BARE_COLUMNS, Version


def with_bare_columns(queries: list[Sql], version: Version) -> list[Sql]:
    """The queries that a server of `version` printed, as a server of 16 or later prints them."""
    return queries if version.has(PRINTS_BARE_COLUMNS) else [_reworded(query) for query in queries]


def _reworded(query: Sql) -> Sql:
    # long to import, and of no use with newer servers
    from pglast import ast, parse_sql
    from pglast.parser import ParseError

    try:
        select = parse_sql(query)[0].stmt
    except ParseError:
        return query
    relation = _only_relation(select, ast)
    if relation is None:
        return query
    text, prefix = str(query), f"{quote_ident(relation)}."
    places = {
        column.location: column
        for column in _own_columns(select, ast)
        if column.fields[0].sval == relation and isinstance(column.fields[-1], ast.String)
    }
    kept = {column.location for column in _ambiguous(select, ast)}
    for place in sorted(places.keys() - kept, reverse=True):
        if text.startswith(prefix, place):
            text = text[:place] + text[place + len(prefix) :]
    return Sql(text)


def _only_relation(select: Any, ast: Any) -> str | None:
    """The name of the only relation in the FROM of a query."""
    if not isinstance(select, ast.SelectStmt) or len(select.fromClause or ()) != 1:
        return None
    item = select.fromClause[0]
    if isinstance(item, ast.RangeTableSample):
        item = item.relation
    if getattr(item, "alias", None) is not None:
        return str(item.alias.aliasname)
    return str(item.relname) if isinstance(item, ast.RangeVar) else None


def _own_columns(node: Any, ast: Any) -> Iterator[Any]:
    """References to columns with the relation before them, but those in subqueries."""
    for name in node.__slots__:
        value = getattr(node, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, ast.ColumnRef):
                if len(part.fields) > 1:
                    yield part
            elif isinstance(part, ast.Node) and not isinstance(part, ast.SelectStmt):
                yield from _own_columns(part, ast)


def _ambiguous(select: Any, ast: Any) -> Iterator[Any]:
    """Columns in ORDER BY that something else in the result is called like."""
    results = [(target.name or "".join(_names(target.val, ast)[-1:]), target.val) for target in select.targetList]
    for item in select.sortClause or ():
        mine = _names(item.node, ast)
        if any(name == mine[-1] and _names(value, ast) != mine for name, value in results if mine):
            yield item.node


def _names(value: Any, ast: Any) -> list[str]:
    """The names of a reference to a column, none of anything else."""
    is_column = isinstance(value, ast.ColumnRef) and all(isinstance(field, ast.String) for field in value.fields)
    return [str(field.sval) for field in value.fields] if is_column else []
