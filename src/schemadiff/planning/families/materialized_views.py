"""Materialized views, which hold what functions made of other objects when they were filled."""

from collections.abc import Iterator

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.sql import last_name, names_in, unquoted
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing

Named = dict[str, set[Identity]]


def filled_again(built: CatalogObject, act: Act, writing: Writing) -> CatalogObject:
    """Rows come back where there were some; pg_dump writes WITH NO DATA whether there were or not."""
    before = writing.work.live.get(act.identity)
    if isinstance(built, MaterializedView) and isinstance(before, MaterializedView):
        return built.filled_like(before)
    return built


def order_fillings(graph: Graph, work: Work) -> None:
    """A view that is filled runs functions whose bodies are text: what these name is there before it.

    pg_depend does not know such bodies. Of two views that run functions which name each other, neither has to wait.
    """
    created = (act for act in graph.before if act.operation is Operation.CREATE)
    filled = [act for act in created if act.identity.kind == MaterializedView.KIND]
    if not filled:
        return
    named = _created_by_name(graph, work)
    run_by = {act.identity: _run_by(act.identity, work.desired, named) for act in filled}
    for act in filled:
        for needed in sorted(run_by[act.identity]):
            if act.identity not in run_by.get(needed, _run_by(needed, work.desired, named)):
                graph.add(Act(Operation.CREATE, needed), act)


def _created_by_name(graph: Graph, work: Work) -> Named:
    """What is created, by the last part of the name by which a body would call it; columns by their table's."""
    found: Named = {}
    for act in graph.before:
        if act.operation is not Operation.CREATE:
            continue
        made = work.desired[act.identity]
        holder = made.within()
        if holder is None and not made.SATELLITE:
            found.setdefault(unquoted(last_name(act.identity.name)), set()).add(act.identity)
        elif isinstance(made, Column) and holder is not None:
            found.setdefault(unquoted(last_name(holder.name)), set()).add(act.identity)
    return found


def _run_by(identity: Identity, desired: Catalog, named: Named) -> set[Identity]:
    """All that an object needs, with all that the bodies of functions among that name and this plan creates."""
    found: set[Identity] = set()
    waiting = [identity]
    while waiting:
        one = waiting.pop()
        new = {*desired.dependencies.needs.get(one, ()), *_named_by(one, desired, named)} - found
        found |= new
        waiting.extend(new)
    return found


def _named_by(identity: Identity, desired: Catalog, named: Named) -> Iterator[Identity]:
    function = desired.get(identity)
    if function is not None and function.BODY_IS_TEXT:
        for text in desired.rows[identity.kind][identity.name]:
            for name in names_in(str(text)):
                yield from named.get(name, ())
