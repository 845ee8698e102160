"""Views over bare VALUES, which the server prints as a query over them that it would read as another one."""

import re
from typing import NamedTuple

from schemadiff.catalog.sql import Sql

COMPARABLE = "replace({}, '(VALUES ', '( VALUES ')"
"""The server prints VALUES as a view's own query otherwise than the same query made from that print."""

_BARE = re.compile(r'\s*SELECT (?P<columns>.+?)\s+FROM \((?P<values>VALUES .+)\) "\*VALUES\*"\s*', re.DOTALL)
_COLUMN = re.compile(r'(?:"\*VALUES\*"\.)?column(?P<place>\d+)(?: AS (?P<name>.+))?')
_BETWEEN = re.compile(r",\s+(?=(?:\"\*VALUES\*\"\.)?column\d)")


class Written(NamedTuple):
    """What stands between the name of a view and AS, and the query."""

    columns: str
    query: Sql


def written(text: Sql) -> Written:
    """The query of a view such that the server reads what it has printed."""
    found = _BARE.fullmatch(text)
    columns = [_COLUMN.fullmatch(column) for column in _BETWEEN.split(found["columns"])] if found else []
    names = [column["name"] or f"column{column['place']}" for column in columns if column]
    in_order = [str(place) for place in range(1, len(columns) + 1)]
    if not found or [column and column["place"] for column in columns] != in_order:
        return Written("", text)
    return Written(f" ({', '.join(names)})", Sql(found["values"]))
