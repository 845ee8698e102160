"""What happens to which objects on the way from one catalog to another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.difference.diff import Change
from schemadiff.planning.online.successor import Successor
from schemadiff.planning.work.act import Act, Operation


@dataclass(slots=True)
class Work:
    """Which objects are dropped, created, altered (with the fields that differ), released and restored.

    It leads from `live` to `desired`. A replaced object is both dropped and created. A released one keeps its data
    while something that it uses is replaced.
    """

    live: Catalog
    desired: Catalog
    changes: Mapping[Identity, Change] = field(default_factory=dict)
    """The differences that it starts from."""
    drops: set[Identity] = field(default_factory=set)
    creates: set[Identity] = field(default_factory=set)
    alters: dict[Identity, Change] = field(default_factory=dict)
    releases: set[Identity] = field(default_factory=set)
    swaps: set[Identity] = field(default_factory=set)
    """Replaced by an object that is made of the old one."""
    becomes: dict[Identity, Identity] = field(default_factory=dict)
    """Dropped objects, with the created ones that they become in place."""
    successors: dict[Identity, Successor] = field(default_factory=dict)
    """Replaced columns, with what is filled beside each and takes its place."""
    exchanging: bool = True
    """Whether objects may be built beside those whose place they take."""
    follows: dict[Identity, Identity] = field(default_factory=dict)
    """Objects of child tables that altering the parent's alters as they should be."""
    forced: set[Identity] = field(default_factory=set)
    """Replaced for the sake of another object, not for a difference of their own."""
    causes: dict[Identity, Identity] = field(default_factory=dict)
    """The objects for whose sake others make way: those that differ themselves."""

    def side(self, act: Act) -> Catalog:
        """The catalog that holds the act's object as it is when the act happens."""
        return self.live if act.operation in (Operation.DROP, Operation.RELEASE) else self.desired

    def object(self, act: Act) -> CatalogObject:
        """The act's object as it is when the act happens."""
        return self.side(act)[act.identity]

    def acts(self) -> Iterator[Act]:
        """Every act of the work."""
        for operation, identities in (
            (Operation.DROP, self.drops),
            (Operation.RELEASE, self.releases),
            (Operation.ALTER, self.alters.keys()),
            (Operation.CREATE, self.creates),
            (Operation.RESTORE, self.releases),
        ):
            for identity in sorted(identities):
                yield Act(operation, identity)
