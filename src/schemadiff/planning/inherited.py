"""What Postgres does to children by itself when it is done to the parent table."""

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.planning.actions import Act, Operation, object_of
from schemadiff.planning.replacement import Work


def parents_act(act: Act, work: Work, live: Catalog, desired: Catalog) -> Act | None:
    """The act on the parent's object that brings this one about, or None if it needs a statement."""
    built = object_of(act, live, desired)
    source, table = built.inherited_from(), _table(act, live, desired)
    if source is None or table is None:
        return None
    joining = Identity(Inheritance.KIND, table.name)
    if act.operation is Operation.CREATE and built.comes_with_parents() and joining in work.creates:
        return Act(act.operation, joining)
    if not _joined_throughout(table, work, live, desired):
        return None
    match act.operation:
        case Operation.CREATE:
            return Act(act.operation, source) if source in work.creates and built.made_with_parent() else None
        case Operation.DROP:
            return Act(act.operation, source) if source in work.drops else None
        case Operation.ALTER:
            return Act(act.operation, source) if _same_alteration(act.identity, source, work) else None
    return None


def _table(act: Act, live: Catalog, desired: Catalog) -> Identity | None:
    """The table that holds the object, climbing from a default over its column."""
    side = live if act.operation is Operation.DROP else desired
    holder = side[act.identity].within()
    while holder is not None and (built := side.get(holder)) is not None:
        if (outer := built.within()) is None:
            return holder
        holder = outer
    return holder


def _joined_throughout(table: Identity, work: Work, live: Catalog, desired: Catalog) -> bool:
    if table in work.drops or table in work.creates:
        return False
    join = Identity(Inheritance.KIND, table.name)
    moved = join in work.drops or join in work.creates or join in work.alters
    return join in live and join in desired and not moved


def _same_alteration(identity: Identity, source: Identity, work: Work) -> bool:
    mine, theirs = work.alters.get(identity), work.alters.get(source)
    if mine is None or theirs is None or not set(mine.fields) <= set(theirs.fields):
        return False
    return all(getattr(mine.after, name) == getattr(theirs.after, name) for name in mine.fields)
