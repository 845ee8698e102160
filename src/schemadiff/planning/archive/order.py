"""How archiving fits into the graph of acts: what happens together, and what waits until values are back."""

from collections.abc import Iterator

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


class Immovable(Exception):
    """A table cannot be moved aside with its parts: one of them has an act of its own."""

    def __init__(self, table: Identity) -> None:
        super().__init__(f"{table} cannot be moved")
        self.table = table


def together(made: Graph, saving: Archive, giving: Archive) -> dict[Act, Act]:
    """The acts on parts of moved tables, and the act that moves each."""
    found = {}
    for archive, operation in ((saving, Operation.DROP), (giving, Operation.CREATE)):
        for part, table in archive.movers.items():
            if Act(operation, part) in made.before:
                found[Act(operation, part)] = Act(operation, table)
    return found


def foreign_keys(made: Graph, giving: Archive, desired: Catalog) -> set[Act]:
    """The acts that make foreign keys of tables that come back with rows, which must fit them first."""
    found = set()
    for act in made.before if giving.saved else ():
        if act.operation is Operation.CREATE and act.identity.kind == Constraint.KIND:
            built = desired[act.identity]
            if isinstance(built, Constraint) and built.type == "f" and built.within() in giving.saved:
                found.add(act)
    return found


def refuse_torn(joined: Graph, saving: Archive, giving: Archive) -> None:
    """Raise Immovable for a table whose parts do not all move with it."""
    for archive, operation in ((saving, Operation.DROP), (giving, Operation.CREATE)):
        for part, table in sorted(archive.movers.items()):
            if Act(operation, part) not in set(_inside(Act(operation, table), joined)):
                raise Immovable(table)


def _inside(act: Act, joined: Graph) -> Iterator[Act]:
    for part in joined.parts.get(act, ()):
        yield part
        yield from _inside(part, joined)


def keep_quiet(made: Graph, giving: Archive, work: Work) -> None:
    """Triggers come after the values that come back into their table, and old ones go before."""
    filling = [Act(Operation.CREATE, identity) for identity in giving.saved]
    filling += [Act(Operation.ALTER, identity) for identity in giving.changes]
    by_table = {act: work.object(act).within() for act in filling if act in made.before}
    for act in list(made.before) if by_table else ():
        if act.identity.kind != Trigger.KIND or act.operation not in (Operation.DROP, Operation.CREATE):
            continue
        table = work.object(act).within()
        for fill, holder in by_table.items():
            if holder == table and act.operation is Operation.DROP:
                made.add(act, fill)
            elif holder == table:
                made.add(fill, act)
