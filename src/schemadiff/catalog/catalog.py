"""What one database holds at one moment: rows by kind, objects built only where someone asks for them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from schemadiff.catalog.declaring.kind import CatalogObject, Object
from schemadiff.catalog.fingerprint import State, Values, digest
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.private_schema import DefaultGrantees
from schemadiff.catalog.reading.addresses import Address, Edge
from schemadiff.catalog.reading.dependencies import Dependencies
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted


@dataclass(frozen=True)
class Catalog:
    """The objects in scope of one database.

    `rows` maps a kind's name to its objects' values by identity, `addresses` maps system catalog, OID and
    column number to an identity, `edges` are the rows of pg_depend. `known_to` is the version to which the server's is
    told: its own, or that of an older one.
    """

    server_version: int
    known_to: int
    current_user: Quoted
    scope: Scope
    rows: dict[str, dict[str, Values]]
    addresses: dict[Address, Identity]
    edges: list[Edge]
    unmanaged: tuple[str, ...] = ()
    default_grantees: DefaultGrantees = field(default_factory=DefaultGrantees)
    _built: dict[Identity, CatalogObject] = field(default_factory=dict, repr=False)

    def __contains__(self, identity: Identity) -> bool:
        return identity.name in self.rows.get(identity.kind, ())

    def __iter__(self) -> Iterator[CatalogObject]:
        for kind, rows in self.rows.items():
            for name in rows:
                yield self[Identity(kind, Quoted(name))]

    def __getitem__(self, identity: Identity) -> CatalogObject:
        built = self._built.get(identity)
        if built is None:
            built = BY_NAME[identity.kind].of(self.rows[identity.kind][identity.name])
            self._built[identity] = built
        return built

    def get(self, identity: Identity) -> CatalogObject | None:
        """The object called `identity`, or None where the catalog does not have it."""
        return self[identity] if identity in self else None  # noqa: SIM401 (a catalog is no dict)

    def having(self, cls: type[Object], field: str, value: object) -> Iterator[Object]:
        """The objects of a kind of which `field` is `value`."""
        place = cls.COLUMNS.index(field)
        for name, values in self.rows.get(cls.KIND, {}).items():
            if values[place] == value and isinstance(built := self[Identity(cls.KIND, Quoted(name))], cls):
                yield built

    def where(self, cls: type[Object], field: str, test: Callable[[str], bool]) -> Iterator[Object]:
        """The objects of a kind of which the text in `field` passes a test; no others are built."""
        place = cls.COLUMNS.index(field)
        for name, values in self.rows.get(cls.KIND, {}).items():
            if test(str(values[place])) and isinstance(built := self[Identity(cls.KIND, Quoted(name))], cls):
                yield built

    def of(self, cls: type[Object]) -> Iterator[Object]:
        """The objects of a kind."""
        for name in self.rows.get(cls.KIND, ()):
            if isinstance(built := self[Identity(cls.KIND, Quoted(name))], cls):
                yield built

    def holder(self, built: CatalogObject) -> Identity | None:
        """The outermost object around another one: the table of a column's default."""
        holder = built.within()
        while holder is not None and (above := self.get(holder)) is not None:
            if (outer := above.within()) is None:
                return holder
            holder = outer
        return holder

    @cached_property
    def dependencies(self) -> Dependencies:
        """Which object needs which, by name."""
        return Dependencies(self.rows, self.addresses, self.edges, self.__getitem__)

    @cached_property
    def children_of(self) -> dict[Identity, list[Identity]]:
        """The objects of child tables by the object of the same kind on the parent table."""
        found: dict[Identity, list[Identity]] = defaultdict(list)
        for kind, rows in self.rows.items():
            columns = BY_NAME[kind].COLUMNS
            if "inherits" in columns:
                place = columns.index("inherits")
                for name, values in rows.items():
                    if values[place] is not None:
                        found[Identity(kind, Quoted(str(values[place])))].append(Identity(kind, Quoted(name)))
        return dict(found)

    def restricted(self, identities: Collection[Identity]) -> "Catalog":
        """The catalog of a database that holds only these of the objects."""
        rows = {
            kind: {name: values for name, values in held.items() if Identity(kind, Quoted(name)) in identities}
            for kind, held in self.rows.items()
        }
        kept = [Identity(kind, Quoted(name)) for kind, held in rows.items() for name in held]
        return replace(self, rows=rows, edges=self.dependencies.edges_from(kept), _built={})

    def state(self) -> State:
        """Digests of everything in scope."""
        objects = {
            f"{kind} {name}": digest(values[: BY_NAME[kind].COMPARED])
            for kind, rows in self.rows.items()
            for name, values in rows.items()
        }
        return State(digest(sorted(objects.items())), objects, self.rows)
