"""Which values of one type a cast to another one refuses.

Source: the cast and input functions in src/backend/utils/adt, PostgreSQL 14 to 18.
"""

import re

from schemadiff.catalog.sql import Sql, literal
from schemadiff.catalog.versions import JUDGES_INPUT

NEVER = Sql("false")
"""No value is refused."""

_INTEGERS = {"smallint": 15, "integer": 31, "bigint": 63}
_FLOATS = ("real", "double precision")
_RANK = {"smallint": 1, "integer": 2, "bigint": 3, "numeric": 4, "real": 5, "double precision": 6}
_STRINGS = ("text", "character varying", "character")
_SAFE = {("cidr", "inet"), ("jsonb", "json"), ("integer", "boolean"), ("boolean", "integer")}
_ROUNDED = ("time", "timestamp", "interval")
_TYPE = re.compile(r"(?P<name>[a-z ]+?)(?:\((?P<limits>-?[0-9, -]+)\))?(?P<rest> with(?:out)? time zone)?")
_SPACE = r" \t\n\v\f\r"
_BOOLEANS = (
    "t",
    "tr",
    "tru",
    "true",
    "f",
    "fa",
    "fal",
    "fals",
    "false",
    "y",
    "ye",
    "yes",
    "n",
    "no",
    "on",
    "of",
    "off",
)
_HEX = "([0-9a-f]{4}-?){7}[0-9a-f]{4}"


def refused(value: str, before: Sql, after: Sql, version: int) -> Sql | None:
    """A condition that is true for each `value` of type `before` that cannot become one of type `after`.

    None where nothing but the cast itself can tell.
    """
    old, _ = _parts(before)
    new, wanted = _parts(after)
    if before == after or (old, new) in _SAFE:
        return NEVER
    if new in _STRINGS:
        return Sql(f"char_length(rtrim({value}::text, ' ')) > {wanted[0]}") if wanted else NEVER
    if old in _STRINGS:
        return _unreadable(value, after, new, version)
    if old in _RANK and new in _RANK:
        return _unfitting(value, old, new, wanted)
    if old == new and old is not None and old.startswith(_ROUNDED):
        return NEVER
    return None


def _unreadable(value: str, after: Sql, new: str | None, version: int) -> Sql | None:
    """Texts that the type's input function refuses."""
    if re.match(r"bit|.*char.*\[\]", after):
        return None  # a cast cuts what reading refuses
    if version >= JUDGES_INPUT:
        return Sql(f"NOT pg_input_is_valid({value}::text, {literal(after)})")
    if new in _INTEGERS:
        number = f"CASE WHEN {value} ~ '^[{_SPACE}]*[+-]?[0-9]+[{_SPACE}]*$' THEN {_outside(f'{value}::numeric', new)}"
        return Sql(f"{number} ELSE {value} IS NOT NULL END")
    if new == "boolean":
        words = ", ".join(f"'{word}'" for word in (*_BOOLEANS, "1", "0"))
        return Sql(f"lower(btrim({value}, E'{_SPACE}')) NOT IN ({words})")
    if after == "uuid":
        return Sql(rf"{value} !~* '^({_HEX}|\{{{_HEX}\}})$'")
    return None


def _unfitting(value: str, old: str, new: str, wanted: tuple[int, ...]) -> Sql | None:
    """Numbers that are too large."""
    if new in _INTEGERS:
        if _RANK[old] <= _RANK[new]:
            return NEVER
        if old in _FLOATS:
            limit = f"{2 ** _INTEGERS[new]}::double precision"
            return Sql(f"NOT (round({value}) >= -{limit} AND round({value}) < {limit})")
        return Sql(_outside(value if old in _INTEGERS else f"round({value})", new))
    if new == "numeric" and wanted:
        precision, scale = wanted[0], (*wanted, 0)[1]
        number = value if old == "numeric" else f"{value}::numeric"
        return Sql(f"abs(round({number}, {scale})) >= 1e{precision - scale} AND {number} <> 'NaN'")
    return None if _RANK[old] > _RANK[new] or old == "numeric" != new else NEVER


def _outside(number: str, integer: str) -> str:
    bits = _INTEGERS[integer]
    return f"{number} NOT BETWEEN -{2**bits} AND {2**bits - 1}"


def _parts(type_: Sql) -> tuple[str | None, tuple[int, ...]]:
    """The name without its limits, and the limits; no name for what is not a plain type of Postgres' own."""
    found = _TYPE.fullmatch(type_)
    if found is None:
        return None, ()
    limits = tuple(int(number) for number in found["limits"].split(",")) if found["limits"] else ()
    return found["name"] + (found["rest"] or ""), limits
