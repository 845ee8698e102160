"""A role with everything that it acts as: the roles whose privileges it has, and PUBLIC."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.surroundings import RoleFacts, Surroundings

PUBLIC = Quoted("PUBLIC")
"""What any role may do, as the name of a role."""

_EVERYBODY = Quoted("")

READS_ALL, WRITES_ALL = Quoted("pg_read_all_data"), Quoted("pg_write_all_data")


@dataclass(frozen=True, slots=True)
class Actor:
    """A role, the roles whose privileges it has without SET ROLE (itself and, as an empty name, PUBLIC among them)."""

    name: Quoted
    acts_as: frozenset[Quoted]
    superuser: bool = False
    bypassrls: bool = False

    def has_rights_of(self, role: Quoted) -> bool:
        """Whether it has what `role` has."""
        return self.superuser or role in self.acts_as

    def concerns(self, roles: tuple[Quoted, ...]) -> bool:
        """Whether a policy for `roles` is one for it."""
        return PUBLIC in roles or not self.acts_as.isdisjoint(roles)


def actors(surroundings: Surroundings) -> Mapping[Quoted, Actor]:
    """Every role by name, and PUBLIC."""
    inherited: dict[Quoted, list[Quoted]] = defaultdict(list)
    for role, member in surroundings.memberships:
        inherited[member].append(role)
    found = {name: _actor(name, facts, inherited) for name, facts in surroundings.roles.items()}
    return {PUBLIC: Actor(PUBLIC, frozenset({_EVERYBODY})), **found}


def _actor(name: Quoted, facts: RoleFacts, inherited: Mapping[Quoted, list[Quoted]]) -> Actor:
    acts_as, waiting = {_EVERYBODY, name}, [name]
    while waiting:
        more = [role for role in inherited.get(waiting.pop(), ()) if role not in acts_as]
        acts_as.update(more)
        waiting += more
    return Actor(name, frozenset(acts_as), facts.superuser, facts.superuser or facts.bypassrls)
