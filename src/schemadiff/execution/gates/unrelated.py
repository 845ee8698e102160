"""What of live is otherwise than a plan expects, and has nothing to do with the plan.

Its scripts neither touch nor need it, by what live says now about who needs whom; what is gone and was never named with
one of their objects was not needed, either. Where that cannot be told, nothing is unrelated.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.sql import Quoted, last_name, names_in, unquoted
from schemadiff.plans.model import BothWays, Plan
from schemadiff.plans.reach import reach_at
from schemadiff.plans.reaching_kinds import BODY_IS_TEXT, HOLDER_OF_ALL, NAMED_BY_STATEMENTS, REACHES_EVERYTHING

Related = frozenset[Identity] | None


@dataclass(frozen=True)
class Live:
    """The database that a plan is to run on, as it is now."""

    plan: Plan
    catalog: Catalog

    @cached_property
    def state(self) -> State:
        """Digests of everything in the plan's scope."""
        return self.catalog.state()

    def unrelated(self, moved: Collection[str]) -> frozenset[str]:
        """Those of the objects, named by kind and name, that the plan's scripts neither touch nor need."""
        if not moved or self._reached is None:
            return frozenset()
        return frozenset(name for name in moved if not self._is_related(name))

    def changes_table(self, table: str) -> bool:
        """Whether the scripts change the table, or a column of it."""
        return any(one.name == table or one.name.startswith(f"{table}.") for one in self._changed)

    @cached_property
    def _changed(self) -> frozenset[Identity]:
        """What the scripts change, and what holds that."""
        scripts = (self.plan.up, self.plan.down, *(way.script for way in self.plan.ways_back))
        names = set(self.plan.live.moved(self.plan.desired))
        names.update(name for script in scripts for step in script.steps for name in (step.object, step.holder) if name)
        found = (identity for name in names if (identity := _identity(name)) is not None)
        return frozenset(identity for identity in found if identity.kind != HOLDER_OF_ALL)

    @cached_property
    def _reached(self) -> Related:
        return reach_at(self.catalog, self._changed, BothWays(self.plan.up, self.plan.down))

    @cached_property
    def _used(self) -> frozenset[str]:
        """Every name that the scripts use."""
        return frozenset(name for step in (*self.plan.up.steps, *self.plan.down.steps) for name in names_in(step.sql))

    @cached_property
    def _named(self) -> frozenset[str]:
        """The last parts of the names of the tables, routines and so on that the scripts touch or need."""
        reached = (*self._changed, *(self._reached or ()))
        return frozenset(
            unquoted(last_name(one.name))
            for one in reached
            if one.kind in NAMED_BY_STATEMENTS and one.kind != HOLDER_OF_ALL
        )

    def _is_related(self, name: str) -> bool:
        identity = _identity(name)
        if identity is None or identity.kind in REACHES_EVERYTHING or self._reached is None:
            return True
        if identity in self._reached or identity in self._changed:
            return True
        if identity in self.catalog:
            texts = self.catalog.rows[identity.kind][identity.name] if identity.kind in BODY_IS_TEXT else ()
            return not self._named.isdisjoint(name for text in texts for name in names_in(str(text)))
        if identity.kind in NAMED_BY_STATEMENTS:
            return unquoted(last_name(identity.name)) in self._used
        return not self._named.isdisjoint(names_in(identity.name))


def _identity(name: str) -> Identity | None:
    """An object by its kind and name."""
    kind = max((kind for kind in BY_NAME if name.startswith(f"{kind} ")), key=len, default=None)
    return None if kind is None else Identity(kind, Quoted(name[len(kind) + 1 :]))
