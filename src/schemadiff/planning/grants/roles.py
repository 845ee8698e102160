"""Roles and their memberships, around everything that roles own or may do."""

from itertools import combinations, product

from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.kinds.role_membership import RoleMembership
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def order_roles(graph: Graph, work: Work) -> None:
    """Roles are there before anything is given to them, and go when nothing is left to them.

    A membership ends before the next one begins: no role may be a member of its members.
    """
    tiers: list[list[Act]] = [[], [], [], [], []]
    for act in graph.before:
        removes = act.operation is Operation.DROP
        if act.identity.kind == Role.KIND:
            tiers[4 if removes else 0].append(act)
        elif act.identity.kind == RoleMembership.KIND:
            tiers[1 if removes else 2].append(act)
        else:
            tiers[3].append(act)
    for earlier, later in combinations(tiers, 2):
        for first, then in product(earlier, later):
            graph.add(first, then)
