"""What templates may do to values: only what went through `ident`, `qname`, `literal`, `type` or `sql` is SQL."""

import re
from collections.abc import Iterable

from jinja2.exceptions import TemplateRuntimeError
from markupsafe import Markup

from schemadiff.catalog import sql

MARKER = re.compile("\x1e[0-9]+\x1f")
"""Stands in rendered text before each part that comes from another place in a file."""

_PART = re.compile(r'"(?:[^"]|"")+"|[^".]+')


def ident(value: object) -> Markup:
    """One identifier, quoted where it needs quotes."""
    name = _text(value, "ident")
    if not name:
        raise TemplateRuntimeError("ident: an identifier cannot be empty")
    return Markup(sql.quote_ident(name))


def qname(value: object) -> Markup:
    """A name with dots, each part an identifier; a part may be in double quotes."""
    name = _text(value, "qname")
    parts = sql.name_parts(name)
    if not all(map(_PART.fullmatch, parts)):
        raise TemplateRuntimeError(f"qname: {name!r} is not a name such as schema.table")
    return Markup(".").join(ident(sql.unquoted(part)) for part in parts)


def literal(value: object) -> Markup:
    """A string, number, boolean or none as a literal."""
    if value is None:
        return Markup("NULL")
    if isinstance(value, bool | int | float):
        return Markup(str(value).lower())
    return Markup(sql.literal(_text(value, "literal")))


def type_name(value: object) -> Markup:
    """The name of a type, such as numeric(10, 2) or app.mood[]."""
    from schemadiff.desired.templating.written_sql import is_type  # the parser takes long to load

    text = _text(value, "type").strip()
    if not is_type(text):
        raise TemplateRuntimeError(f"type: {text!r} is not a type such as numeric(10, 2) or app.mood[]")
    return Markup(text)


def expression(value: object) -> Markup:
    """An expression in SQL, such as now() or price > 0; in brackets, where it is put beside others."""
    from schemadiff.desired.templating.written_sql import is_expression  # the parser takes long to load

    text = _text(value, "sql").strip()
    if not is_expression(text):
        raise TemplateRuntimeError(f"sql: {text!r} is not an expression such as now() or price > 0")
    return Markup(f"({text})")


def join(values: Iterable[object], separator: str = "") -> str:
    """Strings as one string, or SQL as SQL; not a mixture."""
    parts = list(values)
    safe = [isinstance(part, Markup) for part in parts]
    if parts and all(safe):
        return Markup(separator.join(str(part) for part in parts))
    if any(safe):
        raise TemplateRuntimeError("join: give all of the values to a filter, or none")
    return separator.join(_text(part, "join") for part in parts)


def replace(value: object, old: str, new: str) -> str:
    """A string with another in place of a part of it; SQL stays as it is."""
    if isinstance(value, Markup):
        raise TemplateRuntimeError("replace: works on strings, not on SQL")
    return _text(value, "replace").replace(old, new)


def finalize(value: object) -> Markup:
    """What `{{ }}` writes: SQL and whole numbers, never a bare string."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Markup(str(value))
    if isinstance(value, str):
        raise TemplateRuntimeError(
            f"the string {str(value)!r} is not SQL; write it with a filter: | ident for a name, "
            "| qname for a qualified name, | literal for a value, | type for a type, | sql for an expression"
        )
    if value is None or isinstance(value, bool | float):
        raise TemplateRuntimeError(f"{value!r} is not SQL; write it with the filter | literal")
    str(value)  # an undefined value says its name here
    raise TemplateRuntimeError(f"a {type(value).__name__} is not SQL; write its parts one by one")


def _text(value: object, filter_name: str) -> str:
    if not isinstance(value, str):
        str(value)  # an undefined value says its name here
        raise TemplateRuntimeError(f"{filter_name}: wants a string, got {type(value).__name__}")
    text = MARKER.sub("", value)
    if "\0" in text:
        raise TemplateRuntimeError(f"{filter_name}: Postgres accepts no NUL character")
    return text


FILTERS = {
    "ident": ident,
    "qname": qname,
    "literal": literal,
    "type": type_name,
    "sql": expression,
    "join": join,
    "replace": replace,
}

KEPT_FILTERS = frozenset(
    {"abs", "batch", "capitalize", "count", "d", "default", "dictsort", "first", "groupby", "indent", "int"}
    | {"items", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse"}
    | {"round", "select", "selectattr", "slice", "sort", "sum", "title", "trim", "unique", "upper"}
)
"""Jinja's own filters that cannot make SQL out of a string."""
