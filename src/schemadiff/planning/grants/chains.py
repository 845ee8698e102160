"""REVOKE ... CASCADE takes what the grantee had granted to others: those who should keep it are granted it again."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import Change
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work

Lost = dict[Quoted, set[str]]
"""Grantee to the names of privileges that he cannot have given to others any more."""


def grant_again(work: Work) -> None:
    """Let privileges that stay be altered from what REVOKE ... CASCADE leaves of them."""
    for chain in _chains(work.live):
        lost: Lost = {}
        for privilege in chain:
            if privilege.handed_on and (gone := _options_lost(privilege, work)):
                lost[privilege.grantee] = gone
        for privilege in _losing(chain, lost) if lost else ():
            after = work.desired.get(privilege.id)
            if after is not None and privilege.id not in work.drops:
                names = lost[privilege.grantee]
                left = tuple(name for name in privilege.granted if name.rstrip("*") not in names)
                before = replace(privilege, granted=left, handed_on=())
                work.alters[privilege.id] = Change(privilege.id, before, after, ("granted",))


def order_chains(graph: Graph, work: Work) -> None:
    """What is granted again comes after what is revoked with CASCADE."""
    for chain in _chains(work.live):
        for first in chain:
            for then in chain if first.handed_on else ():
                if any(grantor == first.grantee for _, grantor in then.given):
                    for earlier in (Operation.DROP, Operation.ALTER):
                        graph.add(Act(earlier, first.id), Act(Operation.ALTER, then.id))


def _chains(live: Catalog) -> Iterator[list[Privilege]]:
    """The privileges on each object of which somebody gave one on."""
    found: dict[object, list[Privilege]] = defaultdict(list)
    place = Privilege.COLUMNS.index("given")
    for name, values in live.rows[Privilege.KIND].items():
        if values[place]:
            built = live[Identity(Privilege.KIND, Quoted(name))]
            assert isinstance(built, Privilege)
            found[built.target_kind, built.target].append(built)
    yield from (chain for chain in found.values() if any(privilege.handed_on for privilege in chain))


def _options_lost(privilege: Privilege, work: Work) -> set[str]:
    options = {name[:-1] for name in privilege.granted if name.endswith("*")}
    if privilege.id in work.drops:
        return options
    change = work.alters.get(privilege.id)
    if change is None or not isinstance(change.after, Privilege):
        return set()
    return options - {name[:-1] for name in change.after.granted if name.endswith("*")}


def _losing(chain: list[Privilege], lost: Lost) -> list[Privilege]:
    """Those who lose what they were given, link by link; `lost` grows with them."""
    found: dict[Quoted, Privilege] = {}
    while True:
        size = sum(map(len, lost.values()))
        for privilege in chain:
            givers: dict[str, set[Quoted]] = defaultdict(set)
            for name, grantor in privilege.given:
                givers[name].add(grantor)
            gone = {name for name, who in givers.items() if all(name in lost.get(giver, ()) for giver in who)}
            if gone:
                found[privilege.grantee] = privilege
                lost[privilege.grantee] = lost.get(privilege.grantee, set()) | gone
        if size == sum(map(len, lost.values())):
            return list(found.values())
