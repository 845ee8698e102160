"""Which object needs which, from pg_depend, by name.

Source: Postgres docs, "Dependency Tracking", and the catalog pg_depend. Edges run from the dependent to what
it needs. An address that no kind models follows its internal dependency to its owner: the rule of a view, the
row type of a table, the index of a constraint, the trigger of a foreign key.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kind import CatalogObject
from schemadiff.catalog.kinds import ANNOUNCING, BY_NAME, STANDING_FOR
from schemadiff.catalog.sql import Quoted

Address = tuple[str, int, int]
Edge = tuple[str, int, int, str, int, int, str]
"""classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype"""

IMPLYING = frozenset("aiPS")
"""Types of dependency with which DROP of the referenced object drops the dependent silently."""

MEMBERS = {"pg_amop", "pg_amproc"}
"""Catalogs of members of operator classes and families; a member can be bound to what it names just as closely."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """`needs` and its inverse `needed_by`; `falls_with`: whose DROP takes the object along.

    `takes_along` is the inverse of `falls_with`, without what an object of its own ties to another: a sequence
    owned by a column can be freed from it.
    """

    needs: dict[Identity, set[Identity]]
    needed_by: dict[Identity, set[Identity]]
    falls_with: dict[Identity, set[Identity]]
    takes_along: dict[Identity, set[Identity]]


class _Resolver:
    """Finds the object behind an address."""

    def __init__(self, addresses: dict[Address, Identity], edges: Iterable[Edge]) -> None:
        self.found: dict[Address, Identity | None] = dict(addresses)
        self.owners: dict[Address, Address] = {}
        rank = {"e": 3, "i": 2, "a": 1}
        best: dict[Address, int] = {}
        for classid, objid, objsubid, refclass, refobjid, refsubid, deptype in edges:
            weight = rank.get(deptype, 0)
            address = (classid, objid, objsubid)
            if classid in MEMBERS and refclass not in ("pg_opclass", "pg_opfamily"):
                continue
            if weight > best.get(address, 0) and address not in self.found:
                best[address] = weight
                self.owners[address] = (refclass, refobjid, refsubid)

    def __call__(self, address: Address) -> Identity | None:
        if address in self.found:
            return self.found[address]
        self.found[address] = None
        owner = self.owners.get(address)
        if owner is None and address[2]:
            owner = (address[0], address[1], 0)
        self.found[address] = self(owner) if owner else None
        return self.found[address]


def resolve(
    rows: dict[str, dict[str, tuple[object, ...]]],
    addresses: dict[Address, Identity],
    edges: list[Edge],
    build: Callable[[Identity], CatalogObject],
) -> Dependencies:
    """Turn edges between addresses into edges between identities."""
    of = _Resolver(addresses, edges)
    needs: dict[Identity, set[Identity]] = defaultdict(set)
    falls_with: dict[Identity, set[Identity]] = defaultdict(set)
    takes_along: dict[Identity, set[Identity]] = defaultdict(set)
    standing = _standing_for(rows, addresses)
    for classid, objid, objsubid, refclass, refobjid, refsubid, deptype in edges:
        dependent, needed = of((classid, objid, objsubid)), of((refclass, refobjid, refsubid))
        if dependent is None or needed is None or dependent == needed:
            continue
        if refsubid and of((refclass, refobjid, 0)) == dependent:  # a table never waits for its own column
            continue
        substitute = standing.get((dependent, needed.kind, deptype))
        if deptype != "P":  # a partition's index or key comes before the parent's that takes it in
            needs[substitute or dependent].add(needed)
        if deptype in IMPLYING and classid not in MEMBERS:
            falls_with[dependent].add(needed)
            if substitute is None:
                takes_along[needed].add(dependent)
    for classid, objid, objsubid in addresses:
        if objsubid and (table := of((classid, objid, 0))) is not None:
            column = addresses[classid, objid, objsubid]
            needs[column].add(table)
            falls_with[column].add(table)
    _add_own_words(rows, build, needs, falls_with)
    _put_announcements(rows, needs, falls_with, takes_along)
    needed_by: dict[Identity, set[Identity]] = defaultdict(set)
    for dependent, targets in needs.items():
        for target in targets:
            needed_by[target].add(dependent)
    return Dependencies(dict(needs), dict(needed_by), dict(falls_with), dict(takes_along))


def _standing_for(
    rows: dict[str, dict[str, tuple[object, ...]]], addresses: dict[Address, Identity]
) -> dict[tuple[Identity, str, str], Identity]:
    """Edges that belong to another object than the one at their address: (dependent, needed kind, type)."""
    found: dict[tuple[Identity, str, str], Identity] = {}
    for cls in STANDING_FOR:
        for name in rows.get(cls.KIND, ()):
            for dependent_kind, needed_kind, deptype in cls.STANDS_FOR:
                dependent = Identity(dependent_kind, Quoted(name))
                found[dependent, needed_kind, deptype] = Identity(cls.KIND, Quoted(name))
    return found


def _add_own_words(
    rows: dict[str, dict[str, tuple[object, ...]]],
    build: Callable[[Identity], CatalogObject],
    needs: dict[Identity, set[Identity]],
    falls_with: dict[Identity, set[Identity]],
) -> None:
    """Edges that kinds state themselves, because pg_depend does not hold them."""
    for kind, names in rows.items():
        cls = BY_NAME[kind]
        leans = cls.SATELLITE or bool(cls.STANDS_FOR)
        if cls.uses is CatalogObject.uses and not leans:
            continue
        for name in names:
            identity = Identity(kind, Quoted(name))
            built = build(identity)
            needs[identity].update(built.uses())
            target = built.within()
            if leans and target is not None:
                needs[identity].add(target)
                falls_with[identity].add(target)


def _put_announcements(
    rows: dict[str, dict[str, tuple[object, ...]]],
    needs: dict[Identity, set[Identity]],
    falls_with: dict[Identity, set[Identity]],
    takes_along: dict[Identity, set[Identity]],
) -> None:
    """Put the object that announces another one between it and what it needs and is needed by."""
    for cls in ANNOUNCING:
        for name in rows.get(cls.KIND, ()):
            herald = Identity(cls.KIND, Quoted(name))
            announced = [Identity(kind, herald.name) for kind in cls.ANNOUNCES if name in rows.get(kind, ())]
            for identity in announced:
                mutual = [other for other in needs[identity] if identity in needs.get(other, ())]
                for other in mutual:
                    needs[other] = needs[other] - {identity} | {herald}
                needs[identity].add(herald)
                takes_along[identity] |= {herald, *mutual}
                for other in (herald, *mutual):
                    falls_with[other].add(identity)
