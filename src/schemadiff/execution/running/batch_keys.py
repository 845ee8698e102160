"""The rows of a table in the order of a key: which come next, and how a statement is told to take these."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted, literal

Key = tuple[str, ...]
"""The values of a row's key as text."""


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """The order of a key whose columns have these types."""

    columns: tuple[Quoted, ...]
    types: tuple[str, ...]

    def list(self, alias: str | None, *, text: bool = False) -> str:
        """The columns as a list, named k1, k2 and so on; as `text` if so wanted."""
        cast = "::text" if text else ""
        return ", ".join(f"{name}{cast} AS k{number}" for number, name in enumerate(self._named(alias), start=1))

    def after(self, alias: str | None, last: Key) -> str:
        """The condition that a row comes after the one with the key `last`."""
        return f"{self._row(alias)} > {self._values(last)}"

    def within(self, alias: str | None, last: Key | None, upto: Key) -> str:
        """The condition that a row comes after `last`, but not after `upto`."""
        upper = f"{self._row(alias)} <= {self._values(upto)}"
        return f"({upper})" if last is None else f"({self.after(alias, last)} AND {upper})"

    def among(self, alias: str | None, keys: Sequence[Key]) -> str:
        """The condition that a row is one of these."""
        if len(self.columns) == 1 and not self.types[0].endswith("]"):
            # one array is read much faster than as many literals
            return f"{self._row(alias)} = ANY ({literal(_array(key for (key,) in keys))}::{self.types[0]}[])"
        return f"{self._row(alias)} IN ({', '.join(map(self._values, keys))})"

    def same(self, one: str, other: str | None) -> str:
        """The condition that two rows have the same key."""
        pairs = zip(self._named(one), self._named(other), strict=True)
        return " AND ".join(f"{left} = {right}" for left, right in pairs)

    def stored(self, key: Key) -> str:
        """A key as the ledger holds it."""
        return key[0] if len(key) == 1 else json.dumps(key)

    def read(self, text: str | None) -> Key | None:
        """A key that the ledger holds."""
        if text is None or len(self.columns) == 1:
            return None if text is None else (text,)
        return tuple(json.loads(text))

    def _named(self, alias: str | None) -> tuple[str, ...]:
        return tuple(f"{alias}.{column}" if alias else column for column in self.columns)

    def _row(self, alias: str | None) -> str:
        names = ", ".join(self._named(alias))
        return names if len(self.columns) == 1 else f"({names})"

    def _values(self, key: Key) -> str:
        values = ", ".join(f"{literal(value)}::{type_}" for value, type_ in zip(key, self.types, strict=True))
        return values if len(self.columns) == 1 else f"({values})"


def _array(values: Iterable[str]) -> str:
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in escaped) + "}"
