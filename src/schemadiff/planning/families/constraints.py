"""Constraints that are altered while what they were made with is replaced, and keys that foreign keys are bound to."""

from collections import defaultdict

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.sql import Quoted
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def stay_bound(dependent: Identity) -> bool:
    """Nothing that alters a constraint frees it: a foreign key stays bound to the index of the key it points at."""
    return dependent.kind == Constraint.KIND


def checks_rows(identity: Identity) -> bool:
    """Whether the object is made when its table has its rows, also where these come back: it has to fit them."""
    return identity.kind == Constraint.KIND


def order_references(graph: Graph, work: Work) -> None:
    """A foreign key is made when old keys of its target have gone: Postgres would bind it to the oldest that fits."""
    leaving: dict[Quoted, list[tuple[Identity, set[Quoted | None]]]] = defaultdict(list)
    for identity in sorted(work.drops - work.becomes.keys()):
        old = work.live[identity] if identity.kind in (Constraint.KIND, Index.KIND) else None
        if (isinstance(old, Constraint) and old.type in "pu") or (isinstance(old, Index) and old.unique):
            leaving[old.table].append((identity, set(old.columns)))
    for identity in work.creates if leaving else ():
        new = work.desired[identity] if identity.kind == Constraint.KIND else None
        if isinstance(new, Constraint) and new.type == "f" and new.target is not None and new.target_columns:
            for old_key, columns in leaving.get(new.target, ()):
                if columns == set(new.target_columns):
                    graph.add(Act(Operation.DROP, old_key), Act(Operation.CREATE, identity))
