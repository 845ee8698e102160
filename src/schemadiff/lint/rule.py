"""What a lint rule is, and what it looks at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from schemadiff.access.change import API_ROLES
from schemadiff.access.matrix import Access
from schemadiff.access.roles import Actor
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.sql import Quoted, qualifier
from schemadiff.plans.advice import Severity

API_SCHEMA = Quoted("public")
"""What the platform's API serves where nothing says otherwise."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What only a database in use can tell."""

    unused_indexes: frozenset[Quoted] = frozenset()
    """Indexes that have never been read since statistics were reset."""
    outdated_extensions: Mapping[Quoted, str] = field(default_factory=dict)
    """The version that an extension could have."""


@dataclass(frozen=True)
class Side:
    """One state of a database, as rules see it; `statistics` are None where it is not one in use."""

    access: Access
    statistics: Statistics | None = None

    @property
    def catalog(self) -> Catalog:
        """What the database holds."""
        return self.access.catalog

    @cached_property
    def exposed(self) -> frozenset[Quoted]:
        """The schemas that an API serves."""
        told = self.access.surroundings.exposed
        if told is not None:
            return frozenset(told)
        return frozenset({API_SCHEMA}) if self.catalog.scope.supabase else frozenset()

    @cached_property
    def api_actors(self) -> tuple[Actor, ...]:
        """The roles that the API lets in, where they are there."""
        return tuple(self.access.actors[role] for role in API_ROLES if role in self.access.actors)

    def serves(self, built: CatalogObject) -> bool:
        """Whether an object stands in a schema that an API serves."""
        return qualifier(built.identity) in self.exposed

    def readers(self, built: CatalogObject) -> tuple[Quoted, ...]:
        """The API's roles that hold SELECT on a relation."""
        has = self.access.privileges.has
        return tuple(one.name for one in self.api_actors if has(one, "SELECT", built.KIND, built.identity))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found on an object: what is wrong, and the SQL that fixes it.

    `about` tells several findings on one object apart.
    """

    object: CatalogObject
    message: str
    fix: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, how much it matters, and what finds objects that break it."""

    name: str
    severity: Severity
    find: Callable[[Side], Iterable[Finding]]
