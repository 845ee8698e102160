"""The values behind a plan's two states, kept beside plan.json so that a difference can be told in words.

Nothing is decided by them: a value counts only where it has the digest that plan.json holds.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from schemadiff.catalog.fingerprint import State, Values, digest
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.plans.directory import limits
from schemadiff.plans.model import Plan

_GZIP = 16
"""Makes zlib read gzip's header and checksum."""

_Rows = dict[str, dict[str, Values]]


def states_bytes(plan: Plan) -> bytes | None:
    """The compressed values of both states, equal for equal plans; None where the plan does not have them.

    Of the desired state, only what live does not have.
    """
    if plan.live.rows is None or plan.desired.rows is None:
        return None
    document = {"live": _values(plan.live), "desired": _values(plan.desired, without=plan.live)}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def with_values(plan: Plan, content: bytes) -> Plan:
    """`plan` with the values in `content`; without them where that cannot be read."""
    try:
        document = json.loads(unpacked(content))
        live, added = (dict(_read(document[name])) for name in ("live", "desired"))
    except (zlib.error, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return plan
    desired = {kind: {**live.get(kind, {}), **added.get(kind, {})} for kind in live.keys() | added.keys()}
    return replace(plan, live=_with(plan.live, live), desired=_with(plan.desired, desired))


def unpacked(content: bytes) -> bytes:
    """What is packed, in memory that the limit bounds. Raises ValueError where it is more, or not all there."""
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | _GZIP)
    text = unpacking.decompress(content, limits.MOST_TEXT)
    if not unpacking.eof:
        raise ValueError("cut off, or too long")
    return text


def _values(state: State, without: State | None = None) -> _Rows:
    known = {} if without is None else without.objects
    return {
        kind: {
            name: values[: BY_NAME[kind].COMPARED]
            for name, values in rows.items()
            if (full := f"{kind} {name}") not in known or known[full] != state.objects[full]
        }
        for kind, rows in (state.rows or {}).items()
    }


def _read(document: Mapping[str, Mapping[str, list[object]]]) -> Iterator[tuple[str, dict[str, Values]]]:
    for kind, rows in document.items():
        if kind in BY_NAME:
            yield kind, {name: tuple(values) for name, values in rows.items()}


def _with(state: State, rows: _Rows) -> State:
    """The state with those of the values that its digests vouch for."""
    vouched = {
        kind: {name: values for name, values in found.items() if state.objects.get(f"{kind} {name}") == digest(values)}
        for kind, found in rows.items()
    }
    return replace(state, rows=vouched)
