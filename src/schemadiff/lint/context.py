"""What a rule looks at."""

from dataclasses import dataclass
from functools import cached_property

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.desired.places import Places
from schemadiff.plans.model import Plan


@dataclass(frozen=True)
class Context:
    """A plan, the catalogs of both its ends, and where the files declare things."""

    plan: Plan
    live: Catalog
    desired: Catalog
    places: Places

    def touches(self, built: CatalogObject) -> bool:
        """Whether the plan changes an object, or the one that holds it: a table is opened as a whole.

        Rules advise on what a plan touches. Old debts elsewhere would drown what the plan itself is about.
        """
        holder = self.desired.holder(built)
        return not self._touched.isdisjoint({str(built.id), str(holder)})

    @cached_property
    def _touched(self) -> frozenset[str]:
        steps = self.plan.up.steps
        return frozenset(name for step in steps for name in (step.object, step.holder) if name)
