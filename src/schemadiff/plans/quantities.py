"""Names and numbers in words."""

from collections.abc import Sequence

from schemadiff.catalog.reading.loads import TableLoad

_SHOWN = 4
"""How many names of a list are written out."""


def listed(names: Sequence[str]) -> str:
    """Names joined as in a sentence; of a long list only the first ones."""
    if len(names) > _SHOWN:
        names = [*names[: _SHOWN - 1], f"{len(names) - _SHOWN + 1} more"]
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def described(name: str, load: TableLoad | None) -> str:
    """A table with its size, as far as that is known."""
    if load is None:
        return name
    parts = [] if load.rows is None else [rows(load.rows)]
    parts.append(size(load.bytes))
    if load.writes_per_minute is not None and load.writes_per_minute >= 1:
        parts.append(f"{_short(load.writes_per_minute)} writes a minute")
    return f"{name} ({', '.join(parts)})"


def rows(number: int) -> str:
    """A count of rows from statistics."""
    return f"about {_short(number)} {'row' if number == 1 else 'rows'}"


def size(number: int) -> str:
    """Bytes in the unit that fits."""
    value = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1024
    return f"{value:.3g} TB"


def _short(number: float) -> str:
    value = float(number)
    for unit in ("", " k", " M"):
        if value < 999.5:
            return f"{value:.{0 if unit == '' else 3}{'f' if unit == '' else 'g'}}{unit}"
        value /= 1000
    return f"{value:.3g} G"
