"""What changed between two documents that approvals bind, in words."""

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice

from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.serialization import Json
from schemadiff.printable import one_line

_LINES = 20
"""How many lines are told of a plan that changed."""

_LONGEST, _AROUND, _MOST = 160, 4, 20_000

_NAMES = {"checks": "check", "known_to": "known to PostgreSQL", "proof": "verdict of the proof"}

_TIGHT = re.compile(r" (?:\.|::) | [,;)](?= |$)|(?<=\() ")
"""Where people write no blank between two words of SQL."""

_NO_STATE: Json = [None, None]


def changed_words(before: str, after: str) -> tuple[str, ...]:
    """What `after` says otherwise than `before`, at most twenty lines; both as `approved_words` makes them."""
    try:
        lines = list(islice(_documents(json.loads(before), json.loads(after)), _LINES + 1))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ("what was approved was written by another version of schemadiff",)
    return (*lines[:_LINES], "...") if len(lines) > _LINES else tuple(lines)


def _documents(before: Json, after: Json) -> Iterator[str]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        raise TypeError
    for number, direction in enumerate(Direction):
        yield from _bodies(direction.file, _part(before, "bodies", number), _part(after, "bodies", number))
    for number, direction in enumerate(Direction):
        yield from _steps(direction.file, _part(before, "scripts", number), _part(after, "scripts", number))
    yield from _states(_as_object(before["states"]), _as_object(after["states"]))
    yield from _ways_back(_ways(before["ways_back"]), _ways(after["ways_back"]))
    for key in sorted((before.keys() | after.keys()) - {"bodies", "scripts", "states", "ways_back"}):
        yield from _values(_NAMES.get(key, one_line(key)), before.get(key), after.get(key))


def _part(document: dict[str, Json], key: str, number: int) -> Json:
    found = document[key]
    return found[number] if isinstance(found, list) else None


def _bodies(file: str, before: Json, after: Json) -> Iterator[str]:
    """The words of a script that changed, with a few around them."""
    if before == after:
        return
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > _MOST:
        yield f"{file}: many of its statements"
        return
    for operation, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            continue
        was, now = _quoted(old, i, j), _quoted(new, k, m)
        if operation == "insert":
            yield f"{file}: {now} is new, behind {_quoted(new, k - _AROUND, k)}"
        elif operation == "delete":
            yield f"{file}: {was} is gone, behind {_quoted(old, i - _AROUND, i)}"
        else:
            yield f"{file}: {_quoted(old, i - _AROUND, j)} is now {_quoted(new, k - _AROUND, m)}"


def _words(body: Json) -> list[str]:
    if isinstance(body, str):
        return body.split()
    commands, tokens = body if isinstance(body, list) else (None, None)
    return [
        *map(str, commands if isinstance(commands, list) else ()),
        *map(str, tokens if isinstance(tokens, list) else ()),
    ]


def _quoted(words: Sequence[str], start: int, end: int) -> str:
    spaced = " ".join(words[max(start, 0) : end])
    text = one_line(_TIGHT.sub(lambda found: found[0].strip(" "), spaced))
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}...") if text else "the beginning"


def _steps(file: str, before: Json, after: Json) -> Iterator[str]:
    """What plan.json says otherwise about a script: its steps by their numbers, its preflights, its time zone."""
    old, new = _as_object(before), _as_object(after)
    yield from _values(f"{file}: time zone", old.get("time_zone"), new.get("time_zone"))
    yield from _values(f"{file}: preflight", old.get("preflights"), new.get("preflights"))
    was, now = dict(_numbered(old.get("segments"))), dict(_numbered(new.get("segments")))
    for number in sorted(was.keys() & now.keys()):
        if _without_sql(was[number]) != _without_sql(now[number]):
            yield from _values(f"{file} {number}", _without_sql(was[number]), _without_sql(now[number]))


def _states(before: dict[str, Json], after: dict[str, Json]) -> Iterator[str]:
    """The objects that are made for another state, or lead to one; a state is a digest, which nobody reads."""
    for name in sorted(before.keys() | after.keys()):
        if before.get(name, _NO_STATE) != after.get(name, _NO_STATE):
            yield f"{one_line(name)}: the state before or after"


def _ways(ways: Json) -> dict[str, Json]:
    """The ways back from the middle, by how many segments are behind."""
    objects = map(_as_object, ways if isinstance(ways, list) else ())
    return {_text(way.get("behind")): way for way in objects}


def _ways_back(before: dict[str, Json], after: dict[str, Json]) -> Iterator[str]:
    for behind in sorted(before.keys() | after.keys()):
        if before.get(behind) != after.get(behind):
            what = "is new" if behind not in before else "is gone" if behind not in after else "is another"
            yield f"the way back from behind segment {one_line(behind)} {what}"


def _numbered(segments: Json) -> Iterator[tuple[str, Json]]:
    for major, segment in enumerate(segments if isinstance(segments, list) else (), start=1):
        parts = _as_object(segment)
        yield f"segment {major}", {key: value for key, value in parts.items() if key != "steps"}
        steps = parts.get("steps")
        for minor, step in enumerate(steps if isinstance(steps, list) else (), start=1):
            yield f"statement {major}.{minor}", step


def _without_sql(step: Json) -> Json:
    """A step without its text, of which the script tells."""
    return {key: value for key, value in step.items() if key != "sql"} if isinstance(step, dict) else step


def _as_object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _values(name: str, before: Json, after: Json) -> Iterator[str]:
    """Where two values differ, each by the path to it."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _values(f"{name} {one_line(key)}", before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(name, before, after)
    else:
        yield f"{name}: {_shown(before)} is now {_shown(after)}"


def _lists(name: str, before: list[Json], after: list[Json]) -> Iterator[str]:
    old, new = [_text(item) for item in before], [_text(item) for item in after]
    if max(len(old), len(new)) > _MOST:
        yield f"{name}: many"
        return
    for operation, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "replace" and j - i == m - k:
            for was, now in zip(before[i:j], after[k:m], strict=True):
                yield from _values(name, was, now)
        elif operation != "equal":
            yield from (f"{name}: {_shown(item)} is gone" for item in before[i:j])
            yield from (f"{name}: {_shown(item)} is new" for item in after[k:m])


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _shown(value: Json) -> str:
    if value in (None, [], {}, ""):
        return "nothing"
    text = one_line(value if isinstance(value, str) else _text(value))
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}...")
