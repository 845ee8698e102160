"""Makes a failing pair small: takes items away as long as the same failure stays."""

import time
from collections.abc import Iterator
from dataclasses import replace

from properties.judge import Failure, Verdict, judge
from properties.schemas import Pair
from properties.world import Item
from schemadiff.scratch.server import ScratchServer


def minimized(server: ScratchServer, pair: Pair, failure: Failure, seconds: float) -> tuple[Pair, Verdict]:
    """The smallest pair found in the time, with its verdict."""
    until = time.monotonic() + seconds
    verdict = judge(server, pair)
    shrunk = True
    while shrunk and time.monotonic() < until:
        shrunk = False
        for smaller in _smaller(pair):
            if time.monotonic() > until:
                break
            if not _offers(smaller, pair):
                continue
            found = judge(server, smaller)
            if found.failure and found.failure.signature == failure.signature:
                pair, verdict, shrunk = smaller, found, True
                break
    return pair, verdict


def _offers(smaller: Pair, pair: Pair) -> bool:
    return smaller != pair


def _smaller(pair: Pair) -> Iterator[Pair]:
    """Pairs with something left out: big parts first, then single items, then single changes."""
    if pair.rows:
        yield replace(pair, rows=())
    slots = list(dict.fromkeys(item.slot for item in (*pair.second, *pair.first, *pair.rows)))[::-1]
    size = len(slots) // 2
    while size:
        for start in range(0, len(slots), size):
            yield pair.without(set(slots[start : start + size]))
        size //= 2
    firsts = {item.slot: item for item in pair.first}
    for place, item in enumerate(pair.second):
        if item.slot in firsts and item != firsts[item.slot]:
            yield replace(pair, second=(*pair.second[:place], firsts[item.slot], *pair.second[place + 1 :]))
    for place, item in enumerate(pair.second):
        if item in pair.first:
            yield replace(pair, second=_less(pair.second, place))
    for place, item in enumerate(pair.first):
        if item in pair.second:
            yield replace(pair, first=_less(pair.first, place))


def _less(items: tuple[Item, ...], place: int) -> tuple[Item, ...]:
    return (*items[:place], *items[place + 1 :])
