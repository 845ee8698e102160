"""Which changes of a column's type leave the stored values as they are.

Source: Postgres docs, ALTER TABLE, Notes; the transform functions of varchar, varbit, numeric, time, timestamp and
interval in src/backend/utils/adt.
"""

import re

from schemadiff.catalog.sql import Sql

_TYPE = re.compile(r"(?P<name>[a-z ]+?)(?:\((?P<limits>[0-9, ]+)\))?(?P<rest> with(?:out)? time zone)?")
_GROWING = {"character varying", "bit varying"}
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


def _limits(text: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",")) if text else ()
