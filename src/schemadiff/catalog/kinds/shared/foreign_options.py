"""OPTIONS (...) of foreign objects; what looks like a secret never leaves the server."""

from schemadiff.catalog.kinds.shared.secrets import BEGINS, placeholder
from schemadiff.catalog.sql import Sql, literal

MASK = "********"
"""Stands for a secret in what is read; scripts have a placeholder instead."""

SECRET = "(pass|secret|token|credential|conn_string|(api|sa|access|private)_?key)"
NO_SECRET = "(^vault_|_id$|^password_required$)"
"""Names that point to a secret kept elsewhere, or say something about one."""
OPEN = "^(user|username|password_required|sslcert|sslkey|gssdelegation)$"
"""Names of user mapping options that are no secrets; all others are taken for one."""


def sorted_options(options: str) -> str:
    """The SQL expression that reads `options`, an array that may be NULL, as a sorted one that is not."""
    return (
        f"CASE WHEN {options} IS NULL THEN '{{}}' "
        f"ELSE (SELECT coalesce(array_agg(o ORDER BY o), '{{}}') FROM unnest({options}) AS o) END"
    )


def query_of(options: str, *, guarded: bool = False) -> str:
    """The SQL expression that reads `options` as a sorted array of `name=value` with secrets masked.

    With `guarded`, only what is known to be open is shown.
    """
    hidden = f"o.option_name ~* '{SECRET}' AND o.option_name !~* '{NO_SECRET}'"
    if guarded:
        hidden = f"o.option_name !~* '{OPEN}'"
    return (
        f"CASE WHEN {options} IS NULL THEN '{{}}' ELSE "
        f"coalesce((SELECT array_agg(format('%%I=%%s', o.option_name, CASE WHEN {hidden} THEN '{MASK}' "
        f"ELSE o.option_value END) ORDER BY o.option_name) FROM pg_options_to_table({options}) AS o), '{{}}') END"
    )


def split(options: tuple[str, ...]) -> dict[str, str]:
    """Options `name=value` by name."""
    return {name: value for name, _, value in (option.partition("=") for option in options)}


def clause(options: tuple[str, ...], of: str) -> str:
    """The whole clause with a space before it, or nothing where there are no options; `of` is whose they are."""
    words = ", ".join(f"{name} {_value(name, value, of)}" for name, value in split(options).items())
    return f" OPTIONS ({words})" if options else ""


def changed(before: tuple[str, ...], after: tuple[str, ...], of: str) -> Sql:
    """The ADD, SET and DROP words that lead from one list of the options of an object to another."""
    old, new = split(before), split(after)
    words = [f"DROP {name}" for name in old if name not in new]
    words += [
        f"{'SET' if name in old else 'ADD'} {name} {_value(name, value, of)}"
        for name, value in new.items()
        if old.get(name) != value
    ]
    return Sql(", ".join(words))


def _value(name: str, value: str, of: str) -> Sql:
    """The value of an option as a literal: a placeholder for a secret, and for nothing else."""
    if value == MASK:
        return literal(placeholder(f"{of} {name}"))
    return Sql(literal(value).replace(f"'{BEGINS}", f"E'\\x24{BEGINS[1:]}"))
