"""Where two states that should be equal are not: object, field, both values, and the words that differ."""

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import State, Values
from schemadiff.catalog.identity import Identity, natural
from schemadiff.catalog.kinds import BY_NAME, RANK
from schemadiff.catalog.sql import Quoted, outside_quotes, qualifier
from schemadiff.difference.diff import diff
from schemadiff.difference.highlighting import marked
from schemadiff.difference.wording import NONE, content, field_name, shown

_SHORT = 48
"""Characters up to which two values are shown side by side, as they are."""


_KEYWORD = re.compile(r"[A-Z][A-Z -]* ")
"""What stands before the object's name in those of its owner, its comment and its privileges."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one object, `found` and as `expected`; without a `field`, the object as a whole.

    Of a whole object, None tells that it is not there; other texts are what it amounts to, or empty.
    """

    object: str
    field: str | None = None
    found: str | None = ""
    expected: str | None = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a difference is told: what stands before either value, and for objects on one side only."""

    found: str
    expected: str
    missing: str
    unexpected: str
    same: str
    """For an object of which only the difference is known."""


SHOULD = Wording("is", "should be", "is missing", "should not be there", "is not as it should be")
"""Of a result that is not what was wanted."""

MOVED = Wording("is", "was", "is gone", "is new", "is different")
"""Of a database that is no longer what it was."""


def differences(found: Catalog, expected: Catalog) -> tuple[Difference, ...]:
    """Every difference between two catalogs, in the order of kinds and names."""
    made: list[Difference] = []
    for identity in diff(found, expected):
        made += _of_rows(identity, _row(found.rows, identity), _row(expected.rows, identity))
    return tuple(made)


def state_differences(found: State, expected: State) -> tuple[Difference, ...]:
    """The same between two states; where one does not have the values, it is only told which objects differ."""
    made: list[Difference] = []
    for name in sorted(expected.moved(found), key=_rank):
        before, after = _side(name, found), _side(name, expected)
        kind = before.kind or after.kind
        if kind is None or before.unknown or after.unknown:
            made.append(Difference(name, None, before.presence, after.presence))
        else:
            made += _of_rows(Identity(kind, Quoted(name[len(kind) + 1 :])), before.values, after.values)
    return tuple(made)


def sentence(difference: Difference, wording: Wording = SHOULD) -> str:
    """A difference in plain text; long values as one text with `[-what is found-]{+what is expected+}`."""
    name, found, expected = difference.object, difference.found, difference.expected
    if difference.field is None:
        if found is None:
            return f"{name} {wording.missing}{_about(expected)}"
        if expected is None:
            return f"{name} {wording.unexpected}{_about(found)}"
        return f"{name} {wording.same}"
    found, expected = found or NONE, expected or NONE
    if max(len(found), len(expected)) <= _SHORT and "\n" not in found + expected:
        found, expected = (f"({text})" if ", " in text else text for text in (found, expected))
        return f"{name}: {difference.field} {wording.found} {found}, {wording.expected} {expected}"
    text = textwrap.indent(marked(found, expected).strip("\n"), "    ")
    legend = f"[-{wording.found}-] {{+{wording.expected}+}}"
    return f"{name}: {difference.field} differs, {legend}\n{text}"


def sentences(found: Iterable[Difference], wording: Wording = SHOULD) -> tuple[str, ...]:
    """The sentences of many differences; what comes or goes with an object as its part is only counted there."""
    found = tuple(found)
    places = {one: _placed(one.object) for one in found if one.field is None}
    holders = {place.name: one for one, place in places.items() if not place.satellite and _side_without(one)}
    parts: Counter[Difference] = Counter()
    told = []
    for difference in found:
        holder = _holder(difference, places, holders)
        if holder is None:
            told.append(difference)
        else:
            parts[holder] += not places[difference].satellite
    return tuple(f"{sentence(one, wording)}{_with_parts(parts[one])}" for one in told)


class _Place(NamedTuple):
    """What the name of an object tells of its place: `owner` begins with the name of its holder."""

    kind: str
    name: str
    owner: str
    satellite: bool


def _placed(text: str) -> _Place:
    kind = _kind(text)
    name = text[len(kind) + 1 :]
    satellite = kind in BY_NAME and BY_NAME[kind].SATELLITE
    owner = _KEYWORD.sub("", name) if satellite else name
    return _Place(kind, name, owner.rpartition(" ON ")[2], satellite)


def _kind(text: str) -> str:
    return max((kind for kind in BY_NAME if text.startswith(f"{kind} ")), key=len, default="")


def _side_without(difference: Difference) -> str | None:
    """Where the object is not there as a whole: "found", "expected" or on neither side."""
    if difference.field is None and (difference.found is None or difference.expected is None):
        return "found" if difference.found is None else "expected"
    return None


def _holder(
    difference: Difference, places: Mapping[Difference, _Place], holders: Mapping[str, Difference]
) -> Difference | None:
    """The object of which this one, there or not there like it, is a part: the schema rather than the table."""
    side = _side_without(difference)
    if side is None:
        return None
    _, name, owner, satellite = places[difference]
    ends = [place for place, char in outside_quotes(owner) if char in ". "]
    ends += [len(owner)] if satellite or owner != name else []
    for end in ends:
        above = holders.get(owner[:end])
        if above is None or _side_without(above) != side:
            continue
        inside_schema = owner[end : end + 1] == "." and not qualifier(owner[:end])
        if not inside_schema or places[above].kind == "schema":
            return above
    return None


def _with_parts(count: int) -> str:
    return f", with {count} {'part' if count == 1 else 'parts'} of it" if count else ""


def _of_rows(identity: Identity, found: Values | None, expected: Values | None) -> list[Difference]:
    columns = BY_NAME[identity.kind].COLUMNS[: BY_NAME[identity.kind].COMPARED]
    sides = [None if row is None else dict(zip(columns, row, strict=False)) for row in (found, expected)]
    before, after = sides
    if before is None or after is None:
        texts = (None if side is None else content(identity.kind, side) for side in sides)
        return [Difference(str(identity), None, *texts)]
    return [
        Difference(
            str(identity),
            field_name(identity.kind, field),
            *(shown(identity.kind, field, side[field]) for side in (before, after)),
        )
        for field in columns
        if _plain(before[field]) != _plain(after[field])
    ]


def _row(rows: Mapping[str, Mapping[str, Values]], identity: Identity) -> Values | None:
    return rows.get(identity.kind, {}).get(identity.name)


def _plain(value: object) -> str:
    """A value such that a list read from a file equals the tuple it was written from."""
    return json.dumps(value)


def _rank(name: str) -> tuple[int, tuple[object, ...]]:
    return RANK.get(_kind(name), len(RANK)), natural(name)


class _Side(NamedTuple):
    """What one state knows of an object; `presence` is None where it is not there."""

    presence: str | None
    kind: str | None = None
    values: Values | None = None

    @property
    def unknown(self) -> bool:
        """Whether the object is there, but not its values."""
        return self.presence is not None and self.values is None


def _side(name: str, state: State) -> _Side:
    if name not in state.objects:
        return _Side(None)
    for kind, rows in (state.rows or {}).items():
        if name.startswith(f"{kind} ") and (values := rows.get(name[len(kind) + 1 :])) is not None:
            return _Side("", kind, values)
    return _Side("")


def _about(text: str | None) -> str:
    if not text:
        return ""
    line = " ".join(text.split())
    return f" ({line if len(line) <= _SHORT else line[: _SHORT - 3] + '...'})"
