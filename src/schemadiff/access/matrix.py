"""The matrix: for each role and object in scope, what each action reaches."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemadiff.access.privileges import Privileges
from schemadiff.access.reach import Extent, Reach, nothing
from schemadiff.access.relations import Relations
from schemadiff.access.roles import Actor, actors
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity, natural
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.kinds.shared.routine import Routine
from schemadiff.catalog.sql import Quoted, qualifier
from schemadiff.catalog.surroundings import Surroundings

ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "schema": ("USAGE", "CREATE"),
    "table": (*ROWS, "TRUNCATE"),
    "foreign table": ROWS,
    "view": ROWS,
    "materialized view": ("SELECT",),
    "sequence": ("USAGE", "SELECT", "UPDATE"),
    "function": ("EXECUTE",),
    "procedure": ("EXECUTE",),
}
"""What can be done with an object of each kind."""

_ENOUGH = {("sequence", "USAGE"): ("USAGE", "UPDATE")}
"""Privileges of which any allows an action: nextval() takes UPDATE, too."""

_UNCALLABLE = ("trigger", "event_trigger")
"""Results of functions that nobody calls by name."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one action of one role reaches on one object."""

    role: Quoted
    object: Identity
    action: str
    reach: Reach


class Access:
    """What roles can do in a database of which a catalog and its surroundings are known.

    `entered_by` names the schemas of objects that stand under the names that they are about to get.
    """

    def __init__(
        self, catalog: Catalog, surroundings: Surroundings, entered_by: Mapping[Quoted, Quoted] | None = None
    ) -> None:
        self._entered_by = entered_by or {}
        self.catalog, self.surroundings = catalog, surroundings
        self.privileges = Privileges(catalog, surroundings)
        self._relations = Relations(catalog, surroundings, self.privileges, self.actors, self._entered_by)
        self._found: dict[tuple[Quoted, Identity, str], Reach] = {}

    @cached_property
    def actors(self) -> Mapping[Quoted, Actor]:
        """Every role by name, and PUBLIC."""
        return actors(self.surroundings)

    @cached_property
    def objects(self) -> tuple[Identity, ...]:
        """What the matrix is about: schemas, what they hold, and the platform's tables with policies of ours."""
        rows = self.catalog.rows
        ours = (Identity(kind, Quoted(name)) for kind in ACTIONS for name in rows.get(kind, ()))
        hosts = {policy.table for policy in self.catalog.of(Policy)} & self.surroundings.relations.keys()
        theirs = (Identity(self.surroundings.relations[name].kind, name) for name in hosts)
        found = [identity for identity in {*ours, *theirs} if not self._uncallable(identity)]
        return tuple(sorted(found, key=_place))

    def cells(self, roles: Iterable[Quoted], objects: Iterable[Identity] | None = None) -> Iterator[Cell]:
        """The cells of `roles`, of all objects or of some."""
        roles = [role for role in roles if role in self.actors]
        for identity in self.objects if objects is None else objects:
            for action in ACTIONS.get(identity.kind, ()):
                for role in roles:
                    yield Cell(role, identity, action, self.reach(role, identity, action))

    def reach(self, role: Quoted, identity: Identity, action: str) -> Reach:
        """What an action of a role reaches; an object that is not there is out of reach."""
        key = (role, identity, action)
        if (found := self._found.get(key)) is None:
            found = self._found[key] = self._reach(self.actors[role], identity, action)
        return found

    def holds(self, identity: Identity) -> bool:
        """Whether the object is there, in scope or out of it."""
        return identity in self.catalog or (
            identity.name in self.surroundings.relations or identity.name in self.surroundings.schemas
        )

    def _reach(self, actor: Actor, identity: Identity, action: str) -> Reach:
        if not self.holds(identity) or self._uncallable(identity):
            return nothing(f"no {identity}")
        if action in ROWS and identity.kind not in ("sequence", "schema"):
            return self._relations.reach(actor, identity.name, action)
        schema = self._entered_by.get(identity.name) or qualifier(identity.name)
        if schema and not self.privileges.enters(actor, schema):
            return nothing(f"no USAGE on schema {schema}")
        enough = _ENOUGH.get((identity.kind, action), (action,))
        if not any(self.privileges.has(actor, name, identity.kind, identity.name) for name in enough):
            return nothing(f"no {action} on {identity}")
        built = self.catalog.get(identity)
        definer = isinstance(built, Routine) and built.security_definer
        acting = self.privileges.owner(identity.kind, identity.name) if definer else None
        return Reach(Extent.EVERYTHING, acting=acting)

    def _uncallable(self, identity: Identity) -> bool:
        built = self.catalog.get(identity) if identity.kind == "function" else None
        return isinstance(built, Routine) and built.result in _UNCALLABLE


def _place(identity: Identity) -> tuple[object, ...]:
    return (list(ACTIONS).index(identity.kind), natural(identity.name))
