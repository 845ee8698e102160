"""Which changes of a column's type leave the stored values as they are.

Source: Postgres docs, ALTER TABLE, Notes; the transform functions of varchar, varbit, numeric, time, timestamp and
interval in src/backend/utils/adt.
"""

import re

from schemadiff.catalog.sql import Sql

_TYPE = re.compile(r"(?P<name>[a-z ]+?)(?:\((?P<limits>[0-9, ]+)\))?(?P<rest> with(?:out)? time zone)?")
_GROWING = {"character varying", "bit varying"}
_INTEGERS = ("smallint", "integer", "bigint")
_WIDER = {("real", "double precision"), ("date", "timestamp without time zone")}
_FRACTIONS = ("numeric", "double precision", "real")
_COARSER = {
    ("timestamp without time zone", "date"),
    ("timestamp with time zone", "date"),
}
_PRECISE = {"time", "timestamp", "interval"}


def rewrites(before: Sql, after: Sql) -> bool:
    """Whether Postgres writes every row anew; True where it is not known that it does not."""
    old, new = _TYPE.fullmatch(before), _TYPE.fullmatch(after)
    if old is None or new is None or old["rest"] != new["rest"]:
        return True
    was, now = _limits(old["limits"]), _limits(new["limits"])
    names = (old["name"], new["name"])
    if names in (("character varying", "text"), ("cidr", "inet")):
        return False
    if names == ("text", "character varying"):
        return bool(now)
    if names[0] != names[1]:
        return True
    if names[0] in _GROWING or names[0] in _PRECISE:
        return bool(now) and (not was or now[0] < was[0])
    if names[0] == "numeric":
        return bool(now) and (not was or now[0] < was[0] or now[1:] != was[1:])
    return before != after


def is_string(type_: Sql) -> bool:
    """Whether values of the type, or of its arrays, are strings."""
    return re.fullmatch(r"(text|character( varying)?(\([0-9]+\))?)(\[\])*", type_) is not None


def limited_string(type_: Sql) -> bool:
    """Whether they are strings of limited length: a cast cuts longer ones, an assignment refuses them."""
    return "(" in type_ and is_string(type_)


def keeps_values(before: Sql, after: Sql) -> bool:
    """Whether every value of the old type that the new one takes comes back the same; False where it is not known."""
    if (
        after in ("text", "character varying")
        or not rewrites(before, after)
        or (is_string(before) and is_string(after))
    ):
        return True
    return (before in _INTEGERS and after in (*_INTEGERS, "numeric")) or (before, after) in _WIDER


def narrows(before: Sql, after: Sql) -> bool:
    """Whether values are rounded or cut to fit where they do not; strings that are too long refuse instead."""
    old, new = _TYPE.fullmatch(before), _TYPE.fullmatch(after)
    if old is None or new is None or keeps_values(before, after):
        return False
    rounded = old["name"] in _FRACTIONS and new["name"] in (*_INTEGERS, *_FRACTIONS)
    return (old["name"] == new["name"] and not is_string(before)) or (before, after) in _COARSER or rounded


def _limits(text: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",")) if text else ()
