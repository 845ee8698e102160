"""Which object stands at an address of pg_depend: system catalog, OID, column number.

An address that no kind models follows its internal dependency to its owner: the rule of a view, the row type of a
table, the index of a constraint, the trigger of a foreign key.
"""

from collections import defaultdict
from collections.abc import Iterator

from schemadiff.catalog.identity import Identity

Address = tuple[str, int, int]
Edge = tuple[str, int, int, str, int, int, str]
"""classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype"""

MEMBERS = frozenset({"pg_amop", "pg_amproc"})
"""Catalogs of members of operator classes and families; a member can be bound to what it names just as closely."""

FAMILIES = frozenset({"pg_opclass", "pg_opfamily"})

_CLOSENESS = {"e": 3, "i": 2, "a": 1}
"""Types of dependency that lead from a part to its owner, the closest first."""


class Addresses:
    """Finds the object at an address, and the edges that begin or end at an object.

    `known` maps the addresses of objects; `edges` are the rows of pg_depend.
    """

    def __init__(self, known: dict[Address, Identity], edges: list[Edge]) -> None:
        self._known = known
        self._owners: dict[Address, Address] = {}
        self._outgoing: dict[tuple[str, int], list[Edge]] = defaultdict(list)
        self._incoming: dict[tuple[str, int], list[Edge]] = defaultdict(list)
        self._copies: set[Address] = set()
        best: dict[Address, int] = {}
        for edge in edges:
            classid, objid, objsubid, refclass, refobjid, refsubid, deptype = edge
            self._outgoing[classid, objid].append(edge)
            self._incoming[refclass, refobjid].append(edge)
            if deptype == "n":
                continue
            closeness = _CLOSENESS.get(deptype, 0)
            address = (classid, objid, objsubid)
            if deptype == "P":
                self._copies.add(address)
            if not closeness or address in known or (classid in MEMBERS and refclass not in FAMILIES):
                continue
            if closeness > best.get(address, 0):
                best[address] = closeness
                self._owners[address] = (refclass, refobjid, refsubid)
        self._parts: dict[Address, list[Address]] = defaultdict(list)
        for part, owner in self._owners.items():
            self._parts[owner].append(part)
        self._places: dict[Identity, Address] = {identity: address for address, identity in known.items()}
        self._columns: dict[tuple[str, int], list[Identity]] = defaultdict(list)
        for (classid, objid, objsubid), identity in known.items():
            if objsubid:
                self._columns[classid, objid].append(identity)

    def object_at(self, address: Address) -> Identity | None:
        """The object at `address`, or the one that owns what stands there.

        None for what Postgres copies to partitions by itself: what the original needs says it all.
        """
        seen = set()
        while address not in self._known:
            if address in seen or address in self._copies:
                return None
            seen.add(address)
            owner = self._owners.get(address)
            if owner is None and address[2]:
                owner = (address[0], address[1], 0)
            if owner is None:
                return None
            address = owner
        return self._known[address]

    def outgoing(self, identity: Identity) -> Iterator[Edge]:
        """Edges from the object, or from a part of it, to what it needs."""
        for place in self._around(identity):
            for edge in self._outgoing.get(place, ()):
                if self.object_at(edge[:3]) == identity:
                    yield edge

    def incoming(self, identity: Identity) -> Iterator[Edge]:
        """Edges to the object, or to a part of it, from what needs it."""
        for place in self._around(identity):
            for edge in self._incoming.get(place, ()):
                if self.object_at(edge[3:6]) == identity:
                    yield edge

    def holder(self, identity: Identity) -> Identity | None:
        """The table of a column, by its address."""
        address = self._places.get(identity)
        return self.object_at((address[0], address[1], 0)) if address and address[2] else None

    def columns(self, identity: Identity) -> list[Identity]:
        """The objects at the column numbers of an address."""
        address = self._places.get(identity)
        return self._columns.get(address[:2], []) if address and not address[2] else []

    def _around(self, identity: Identity) -> Iterator[tuple[str, int]]:
        """Catalog and OID of the object and of all its parts, each once."""
        address = self._places.get(identity)
        if address is None:
            return
        seen: set[tuple[str, int]] = set()
        waiting = [address]
        while waiting:
            here = waiting.pop()
            if here[:2] not in seen:
                seen.add(here[:2])
                yield here[:2]
            waiting.extend(part for part in self._parts.get(here, ()) if part[:2] not in seen)
