"""Constraints that are altered while what they were made with is replaced."""

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint


def stay_bound(dependent: Identity) -> bool:
    """Nothing that alters a constraint frees it: a foreign key stays bound to the index of the key it points at."""
    return dependent.kind == Constraint.KIND


def checks_rows(identity: Identity) -> bool:
    """Whether the object is made when its table has its rows, also where these come back: it has to fit them."""
    return identity.kind == Constraint.KIND
