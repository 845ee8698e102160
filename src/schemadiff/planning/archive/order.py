"""How moved tables fit into the graph of acts: what happens together."""

from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation


class Immovable(Exception):
    """A table cannot be moved aside with its parts: one of them has an act of its own."""

    def __init__(self, table: Identity) -> None:
        super().__init__(f"{table} cannot be moved")
        self.table = table


def together(graph: Graph, saving: Archive, giving: Archive) -> dict[Act, Act]:
    """The acts on parts of moved tables, and the act that moves each."""
    movers = {}
    for archive, operation in ((saving, Operation.DROP), (giving, Operation.CREATE)):
        for part, table in archive.movers.items():
            if Act(operation, part) in graph.before:
                movers[Act(operation, part)] = Act(operation, table)
    return movers


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
