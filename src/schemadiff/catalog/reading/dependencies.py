"""Which object needs which, by name, found for each object when it is first asked for.

Source: Postgres docs, "Dependency Tracking", and the catalog pg_depend. Edges run from the dependent to what
it needs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME, SATELLITES, SHELLS, STANDING_FOR
from schemadiff.catalog.reading.addresses import MEMBERS, Address, Addresses, Edge
from schemadiff.catalog.sql import Quoted

IMPLYING = frozenset("aiPS")
"""Types of dependency with which DROP of the referenced object drops the dependent silently."""

Rows = dict[str, dict[str, tuple[object, ...]]]


class Related(dict[Identity, set[Identity]]):
    """Sets of objects by the object that they are related to, each found when it is first asked for."""

    def __init__(self, find: Callable[[Identity], set[Identity]]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, identity: Identity) -> set[Identity]:
        found = self[identity] = self._find(identity)
        return found

    def get(self, identity: Identity, default: object = None) -> set[Identity]:
        """The related objects, an empty set where there are none."""
        return self[identity]


class Dependencies:
    """`needs` and its inverse `needed_by`; `falls_with`: whose DROP takes the object along.

    `takes_along` is the inverse of `falls_with`, without what an object of its own ties to another: a sequence
    owned by a column can be freed from it.
    """

    def __init__(
        self,
        rows: Rows,
        addresses: dict[Address, Identity],
        edges: list[Edge],
        build: Callable[[Identity], CatalogObject],
    ) -> None:
        self._rows, self._build = rows, build
        self._addresses = Addresses(addresses, edges)
        self.needs = Related(self._needs)
        self.needed_by = Related(self._needed_by)
        self.falls_with = Related(self._falls_with)
        self.takes_along = Related(self._takes_along)

    def edges_from(self, identities: Iterable[Identity]) -> list[Edge]:
        """The rows of pg_depend that lead from the objects, or from parts of them, to anything."""
        return [edge for identity in identities for edge in self._addresses.outgoing(identity)]

    def _needs(self, identity: Identity) -> set[Identity]:
        found = self._needs_as_recorded(identity)
        for other in list(found):
            shell = self._shell(other)
            if shell is not None and identity in self._needs_as_recorded(other):
                found = found - {other} | {shell}
        if (shell := self._shell(identity)) is not None:
            found.add(shell)
        return found

    def _needed_by(self, identity: Identity) -> set[Identity]:
        found = self._needed_by_as_recorded(identity)
        if self._shell(identity) is not None:
            found -= self._mutual(identity)
        for complete in self._completing(identity):
            found |= {complete, *self._mutual(complete)}
        return found

    def _falls_with(self, identity: Identity) -> set[Identity]:
        found = {needed for needed, edge in self._outgoing(identity) if _implies(identity, edge)}
        if (holder := self._addresses.holder(identity)) is not None:
            found.add(holder)
        if (described := self._described(identity)) is not None:
            found.add(described)
        found |= set(self._completing(identity))
        return found | {other for other in self._needs_as_recorded(identity) if identity in self._mutual(other)}

    def _takes_along(self, identity: Identity) -> set[Identity]:
        found = {
            dependent
            for dependent, edge in self._incoming(identity)
            if _implies(dependent, edge) and self._substitute(dependent, identity, edge) is None
        }
        if (shell := self._shell(identity)) is not None:
            found |= {shell, *self._mutual(identity)}
        return found

    def _needs_as_recorded(self, identity: Identity) -> set[Identity]:
        found = {
            needed
            for needed, edge in self._outgoing(identity)
            # a partition's index or key comes before the parent's that takes it in
            if edge[6] != "P" and self._substitute(identity, needed, edge) is None
        }
        for stood_for in self._stood_for(identity):
            found |= {
                needed
                for needed, edge in self._outgoing(stood_for)
                if edge[6] != "P" and self._substitute(stood_for, needed, edge) == identity
            }
        if (holder := self._addresses.holder(identity)) is not None:
            found.add(holder)
        if (described := self._described(identity)) is not None:
            found.add(described)
        if BY_NAME[identity.kind].uses is not CatalogObject.uses and identity.name in self._rows.get(identity.kind, ()):
            found.update(self._build(identity).uses())
        return found

    def _needed_by_as_recorded(self, identity: Identity) -> set[Identity]:
        found = {
            self._substitute(dependent, identity, edge) or dependent
            for dependent, edge in self._incoming(identity)
            if edge[6] != "P"
        }
        found.update(self._addresses.columns(identity))
        found.update(self._described_by.get(identity, ()))
        return found

    def _outgoing(self, identity: Identity) -> Iterator[tuple[Identity, Edge]]:
        for edge in self._addresses.outgoing(identity):
            needed = self._addresses.object_at(edge[3:6])
            if needed is not None and needed != identity and not self._is_own_column(identity, edge):
                yield needed, edge

    def _incoming(self, identity: Identity) -> Iterator[tuple[Identity, Edge]]:
        for edge in self._addresses.incoming(identity):
            dependent = self._addresses.object_at(edge[:3])
            if dependent is not None and dependent != identity and not self._is_own_column(dependent, edge):
                yield dependent, edge

    def _is_own_column(self, dependent: Identity, edge: Edge) -> bool:
        """Whether the edge leads from a table to its own column."""
        return bool(edge[5]) and self._addresses.object_at((edge[3], edge[4], 0)) == dependent

    def _substitute(self, dependent: Identity, needed: Identity, edge: Edge) -> Identity | None:
        """The object that an edge belongs to although it is recorded with another."""
        cls = _STANDING.get((dependent.kind, needed.kind, edge[6]))
        if cls is None or dependent.name not in self._rows.get(cls.KIND, ()):
            return None
        return Identity(cls.KIND, dependent.name)

    def _stood_for(self, identity: Identity) -> Iterator[Identity]:
        for kind in dict.fromkeys(triple[0] for triple in BY_NAME[identity.kind].STANDS_FOR):
            if identity.name in self._rows.get(kind, ()):
                yield Identity(kind, identity.name)

    def _described(self, identity: Identity) -> Identity | None:
        """What a satellite describes, and what an object belongs to that has another's edges."""
        cls = BY_NAME[identity.kind]
        if cls.SATELLITE:
            values = self._rows[identity.kind].get(identity.name)
            return Identity(str(values[1]), Quoted(str(values[2]))) if values else None
        return self._build(identity).within() if cls.STANDS_FOR else None

    @cached_property
    def _described_by(self) -> dict[Identity, list[Identity]]:
        """The inverse of what satellites describe and of what kinds say that they use."""
        found: dict[Identity, list[Identity]] = defaultdict(list)
        for cls in SATELLITES:
            for name, values in self._rows.get(cls.KIND, {}).items():
                target = Identity(str(values[1]), Quoted(str(values[2])))
                found[target].append(Identity(cls.KIND, Quoted(name)))
        for cls in BY_NAME.values():
            if cls.uses is CatalogObject.uses and not (cls.STANDS_FOR and not cls.SATELLITE):
                continue
            for name in self._rows.get(cls.KIND, ()):
                identity = Identity(cls.KIND, Quoted(name))
                described = self._described(identity)
                for used in {*self._build(identity).uses(), *([described] if described else [])}:
                    found[used].append(identity)
        return found

    def _shell(self, identity: Identity) -> Identity | None:
        """The shell type of the same name."""
        for cls in SHELLS:
            if identity.kind in cls.SHELL_OF and identity.name in self._rows.get(cls.KIND, ()):
                return Identity(cls.KIND, identity.name)
        return None

    def _completing(self, identity: Identity) -> Iterator[Identity]:
        """The types whose shell the object is."""
        for kind in BY_NAME[identity.kind].SHELL_OF:
            if identity.name in self._rows.get(kind, ()):
                yield Identity(kind, identity.name)

    def _mutual(self, complete: Identity) -> set[Identity]:
        """What a type with a shell needs and is needed by, such as its input function: that needs the shell instead."""
        if self._shell(complete) is None:
            return set()
        return self._needs_as_recorded(complete) & self._needed_by_as_recorded(complete)


_STANDING: dict[tuple[str, str, str], type[CatalogObject]] = {
    triple: cls for cls in STANDING_FOR for triple in cls.STANDS_FOR
}


def _implies(dependent: Identity, edge: Edge) -> bool:
    """Whether the DROP drops the dependent; what a constraint's index names in expressions cannot be dropped so."""
    if BY_NAME[dependent.kind].CATALOG == "pg_constraint" and edge[0] == "pg_class":
        return False
    return edge[6] in IMPLYING and edge[0] not in MEMBERS
