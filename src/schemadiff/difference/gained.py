"""What scripts only ever make true: an index that was left invalid is valid when it has been made again."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.fingerprint import State, Values, digest
from schemadiff.catalog.kinds import BY_NAME


def with_gained(expected: State, found: State) -> State:
    """`expected` with objects as they are in `found` where these differ only in what no statement takes away again."""
    gained = dict(_gained(expected, found))
    return replace(expected, objects=expected.objects | gained) if gained else expected


def _gained(expected: State, found: State) -> Iterator[tuple[str, str]]:
    moved = set(expected.moved(found)) if expected.rows is not None else set()
    for kind in BY_NAME.values() if moved else ():
        rows = (expected.rows or {}).get(kind.KIND, {}) if kind.GAINED else {}
        for name, values in rows.items():
            full = f"{kind.KIND} {name}"
            if full in moved and digest(gaining(kind.KIND, values)[: kind.COMPARED]) == found.objects.get(full):
                yield full, found.objects[full]


def gaining(kind: str, values: Values) -> Values:
    """The values of an object with everything true that scripts only make true."""
    columns = BY_NAME[kind].COLUMNS
    gained = BY_NAME[kind].GAINED
    return tuple(True if columns[place] in gained else value for place, value in enumerate(values))
