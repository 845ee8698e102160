"""Default privileges, under which new objects get their first grants."""

from schemadiff.catalog.kinds.privilege.default_privileges import DefaultPrivileges
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Operation
from schemadiff.planning.work.work import Work


def order_default_privileges(graph: Graph, work: Work) -> None:
    """Objects are made under the default privileges that live has, whose grants were reckoned with."""
    later = [act for act in graph.before if act.identity.kind == DefaultPrivileges.KIND]
    for act in list(graph.before):
        if act.operation is Operation.CREATE and act.identity.kind != DefaultPrivileges.KIND:
            for change in later:
                if change.operation is not Operation.DROP:
                    graph.add(act, change)
