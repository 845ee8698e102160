"""Which object stands at an address of pg_depend: system catalog, OID, column number.

An address that no kind models follows its internal dependency to its owner: the rule of a view, the row type of a
table, the index of a constraint.
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
        # By OID alone: two catalogs may share one, so lookups compare the catalog, too.
        self._outgoing: dict[int, list[Edge]] = defaultdict(list)
        self._incoming: dict[int, list[Edge]] = defaultdict(list)
        for edge in edges:
            self._outgoing[edge[1]].append(edge)
            self._incoming[edge[4]].append(edge)
        self._owners: dict[Address, Address | None] = {}
        self._places: dict[Identity, Address] = {identity: address for address, identity in known.items()}
        self._columns: dict[tuple[str, int], list[Identity]] = defaultdict(list)
        for (classid, objid, objsubid), identity in known.items():
            if objsubid:
                self._columns[classid, objid].append(identity)

    def object_at(self, address: Address) -> Identity | None:
        """The object at `address`, or the one that owns what is there.

        None for what Postgres copies to partitions: it needs what the original needs.
        """
        seen = set()
        while address not in self._known:
            if address in seen or self._is_copy(address):
                return None
            seen.add(address)
            owner = self._owner(address)
            if owner is None and address[2]:
                owner = (address[0], address[1], 0)
            if owner is None:
                return None
            address = owner
        return self._known[address]

    def outgoing(self, identity: Identity) -> Iterator[Edge]:
        """Edges from the object, or from a part of it, to what it needs."""
        for classid, objid in self._around(identity):
            for edge in self._outgoing.get(objid, ()):
                if edge[0] == classid and self.object_at(edge[:3]) == identity:
                    yield edge

    def incoming(self, identity: Identity) -> Iterator[Edge]:
        """Edges to the object, or to a part of it, from what needs it."""
        for classid, objid in self._around(identity):
            for edge in self._incoming.get(objid, ()):
                if edge[3] == classid and self.object_at(edge[3:6]) == identity:
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
            waiting.extend(part for part in self._parts(here) if part[:2] not in seen)

    def _is_copy(self, address: Address) -> bool:
        return any(edge[6] == "P" for edge in self._outgoing.get(address[1], ()) if edge[:3] == address)

    def _owner(self, address: Address) -> Address | None:
        """The object to which what is at `address` belongs most closely, where that is not an object itself."""
        if address not in self._owners:
            leading = [edge for edge in self._outgoing.get(address[1], ()) if edge[:3] == address and _leads(edge)]
            closest = max(leading, key=lambda edge: _CLOSENESS[edge[6]], default=None)
            self._owners[address] = closest[3:6] if closest and address not in self._known else None
        return self._owners[address]

    def _parts(self, owner: Address) -> Iterator[Address]:
        for edge in self._incoming.get(owner[1], ()):
            if edge[3:6] == owner and _leads(edge) and self._owner(edge[:3]) == owner:
                yield edge[:3]


def _leads(edge: Edge) -> bool:
    """Whether an edge can lead from a part to its owner."""
    return edge[6] in _CLOSENESS and (edge[0] not in MEMBERS or edge[3] in FAMILIES)
