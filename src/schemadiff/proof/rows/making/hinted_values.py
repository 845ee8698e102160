"""Values that the conditions on a column hint at: the constants in them, and what lies beside those."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from schemadiff.catalog.sql import Sql, literal
from schemadiff.proof.rows.making.patterns import alike, matching

_STRING = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w'.])")
_LONGEST = 10_000
_LARGEST = 1e30

_COMMON = (
    "user1@example.com", "user2@example.com", "https://example.com/1", "https://example.com/2", "a-b", "a_b", "A", "B",
    "AB", "ABC", "USD", "EUR", "en", "en-US", "12345", "+15551234567", "#aabbcc", "ALPHA", "Alpha", "2024-01-15",
    "1.2.3", "00000000-0000-4000-8000-000000000001", "{}", "[]", "127.0.0.1",
)  # fmt: skip
"""What checks on text usually ask for."""

_NUMERIC = frozenset(("int2", "int4", "int8", "numeric", "float4", "float8", "money", "oid"))
_WHOLE = frozenset(("int2", "int4", "int8", "oid"))
_TEXTUAL = frozenset(("text", "varchar", "bpchar", "citext", "name", "char"))
_TEMPORAL = frozenset(("date", "timestamp", "timestamptz"))
_STRUCTURED = frozenset(("json", "jsonb"))


def hinted(conditions: Iterable[str], type_name: str) -> list[str]:
    """Texts for a value of the built-in type `type_name` that some of the conditions may ask for."""
    strings: list[str] = []
    numbers: list[float] = []
    for condition in conditions:
        strings += [text.replace("''", "'") for text in _STRING.findall(condition)]
        numbers += [float(text) for text in _NUMBER.findall(_STRING.sub(" ", condition))]
    numbers += [float(text) for text in strings if _NUMBER.fullmatch(text)]
    numbers = [number for number in numbers if abs(number) < _LARGEST]
    if not strings and not numbers and type_name not in _TEXTUAL:
        return []
    if type_name in _NUMERIC:
        found = _numbers(sorted(set(numbers)), type_name)
    elif type_name in _TEXTUAL:
        found = _texts(strings, numbers)
    elif type_name in _STRUCTURED:
        found = _structures(strings)
    else:
        found = iter(strings)
    return list(dict.fromkeys(found))


def hinted_times(conditions: Iterable[str], type_name: str, written: Sql) -> list[Sql]:
    """Expressions for points in time a little after and before the constants in the conditions."""
    if type_name not in _TEMPORAL:
        return []
    strings = [text for condition in conditions for text in _STRING.findall(condition)]
    shifts = ("1 day", "2 days", "3 days", "4 days", "1 hour", "-1 day", "-1 hour")
    return [
        Sql(f"CAST(CAST({literal(text)} AS {written}) + interval '{shift}' AS {written})")
        for text in dict.fromkeys(strings)
        for shift in shifts
    ]


def _numbers(numbers: list[float], type_name: str) -> Iterator[str]:
    middles = [(low + high) / 2 for low, high in pairwise(numbers)]
    near = [number + shift for number in numbers for shift in (0, 1, 2, 3, 4, -1, -2, 0.5)]
    for number in (*middles, *near):
        if type_name in _WHOLE or number == int(number):
            yield str(int(number))
        else:
            yield repr(number)


def _texts(strings: list[str], numbers: list[float]) -> Iterator[str]:
    for text in strings:
        yield text
        for variant in range(5):
            if (sample := matching(text, variant)) is not None:
                yield sample
        if "%" in text or "_" in text:
            yield from alike(text)
    yield from _COMMON
    lengths = sorted({int(number) + shift for number in numbers for shift in (0, 1, -1)})
    for length in lengths:
        if 0 < length <= _LONGEST:
            yield from (letter * length for letter in "xA1")
    for text in strings:
        yield from (text.upper(), text.lower(), f"{text}a", f"a{text}")


def _structures(strings: list[str]) -> Iterator[str]:
    plain = [text for text in strings if re.fullmatch(r"[\w .-]+", text)]
    values = ('"alpha"', "1", "true", "{}", "[]", *(f'"{text}"' for text in plain))
    for value in values:
        if plain:
            yield "{" + ", ".join(f'"{text}": {value}' for text in dict.fromkeys(plain)) + "}"
    for key in plain:
        yield from (f'{{"{key}": {value}}}' for value in values)
    yield from strings
    yield from ("{}", "[]", '["alpha"]', '{"a": 1}')
