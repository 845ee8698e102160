"""What stands around the objects in scope and decides what roles may do: the roles, and the platform's objects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from schemadiff.catalog.sql import Quoted

Grants = Mapping[Quoted, frozenset[str]]
"""Names of privileges by grantee; the empty grantee is PUBLIC."""


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What a role may do whatever is granted to it."""

    superuser: bool = False
    bypassrls: bool = False


@dataclass(frozen=True, slots=True)
class ForeignRelation:
    """A table or view that is not in scope."""

    kind: str
    owner: Quoted
    granted: Grants
    row_security: bool
    force_row_security: bool
    columns: Mapping[Quoted, Grants]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Roles and who inherits from whom; schemas and relations out of scope; which schemas an API serves, if known."""

    roles: Mapping[Quoted, RoleFacts] = field(default_factory=dict)
    memberships: tuple[tuple[Quoted, Quoted], ...] = ()
    """Roles, each with a member that has its privileges without SET ROLE."""
    schemas: Mapping[Quoted, Grants] = field(default_factory=dict)
    relations: Mapping[Quoted, ForeignRelation] = field(default_factory=dict)
    exposed: tuple[Quoted, ...] | None = None
    extensions: frozenset[Quoted] = frozenset()

    def with_roles(
        self, roles: Mapping[Quoted, RoleFacts], memberships: Iterable[tuple[Quoted, Quoted]]
    ) -> "Surroundings":
        """These with other roles."""
        return replace(self, roles=roles, memberships=tuple(sorted(memberships)))

    def before(self, other: "Surroundings") -> "Surroundings":
        """These with the schemas and relations that only `other` knows."""
        return replace(self, schemas={**other.schemas, **self.schemas}, relations={**other.relations, **self.relations})
