"""Which built-in types Postgres can cast into one another, besides strings, which it can cast from and to all.

Source: pg_cast of 14 to 18.
"""

import re
from itertools import permutations

from schemadiff.catalog.kinds.type_conversion.kept_values import is_string
from schemadiff.catalog.sql import Sql

_TYPE = re.compile(r"(?P<name>[a-z ]+?)(?:\([0-9, ]+\))?(?P<rest> with(?:out)? time zone)?(?P<array>\[\])?")
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_TIMESTAMP, _TIMESTAMPTZ = "timestamp without time zone", "timestamp with time zone"
_TIME, _TIMETZ = "time without time zone", "time with time zone"

_TARGETS = {
    "smallint": ("oid",),
    "integer": ("bit", "boolean", "money", "oid"),
    "bigint": ("bit", "money", "oid"),
    "numeric": ("money",),
    "money": ("numeric",),
    "oid": ("integer", "bigint"),
    "boolean": ("integer",),
    "bit": ("integer", "bigint", "bit varying"),
    "bit varying": ("bit",),
    "date": (_TIMESTAMP, _TIMESTAMPTZ),
    _TIMESTAMP: ("date", _TIME, _TIMESTAMPTZ),
    _TIMESTAMPTZ: ("date", _TIME, _TIMETZ, _TIMESTAMP),
    _TIME: ("interval", _TIMETZ),
    _TIMETZ: (_TIME,),
    "interval": (_TIME,),
    "json": ("jsonb",),
    "jsonb": ("json", "boolean", *_NUMBERS),
    "inet": ("cidr",),
    "cidr": ("inet",),
    "box": ("circle", "lseg", "point", "polygon"),
    "circle": ("box", "point", "polygon"),
    "lseg": ("point",),
    "path": ("polygon",),
    "point": ("box",),
    "polygon": ("box", "circle", "path", "point"),
}

CASTS = frozenset(permutations(_NUMBERS, 2)) | {(old, new) for old, found in _TARGETS.items() for new in found}
"""Pairs of different types, as format_type() names them without modifiers."""

CASTABLE = frozenset({*_TARGETS, *_NUMBERS, "uuid", "xml", "macaddr", "tsvector", "tsquery", "line", "jsonpath"})
"""The types about which that is known; a binary string has no readable text to go by."""


def text_between(before: Sql, after: Sql) -> Sql | None:
    """By which string type values get from one type to another that has no cast from it; None where none is needed.

    None too for types that are not built in, whose casts are not known here.
    """
    if has_cast(before, after) is not False:
        return None
    return Sql("text[]" if before.endswith("[]") and after.endswith("[]") else "text")


def has_cast(before: Sql, after: Sql) -> bool | None:
    """Whether Postgres casts values of one type into another one; None where a type is not built in."""
    old, new = _TYPE.fullmatch(before), _TYPE.fullmatch(after)
    if is_string(before) or is_string(after):
        return True
    if old is None or new is None:
        return None
    names = (old["name"] + (old["rest"] or ""), new["name"] + (new["rest"] or ""))
    if not CASTABLE.issuperset(names):
        return None
    return old["array"] == new["array"] and (names[0] == names[1] or names in CASTS)
