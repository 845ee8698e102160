"""OPTIONS (...) of foreign objects."""

from schemadiff.catalog.sql import Sql, literal


def _split(options: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, _, value in (option.partition("=") for option in options)}


def written(options: tuple[str, ...]) -> Sql:
    """Options as the catalog keeps them (`name=value`) as OPTIONS takes them."""
    return Sql(", ".join(f"{name} {literal(value)}" for name, value in _split(options).items()))


def changed(before: tuple[str, ...], after: tuple[str, ...]) -> Sql:
    """The ADD, SET and DROP words that lead from one list of options to another."""
    old, new = _split(before), _split(after)
    words = [f"DROP {name}" for name in old if name not in new]
    words += [
        f"{'SET' if name in old else 'ADD'} {name} {literal(value)}"
        for name, value in new.items()
        if old.get(name) != value
    ]
    return Sql(", ".join(words))
