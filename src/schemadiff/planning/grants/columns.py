"""REVOKE on a table revokes the same privileges on its columns: those that should stay are granted again after it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import Change
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work

Held = tuple[Quoted, Quoted]
"""A table as GRANT addresses it, and a grantee."""


def grant_again(work: Work) -> None:
    """Let privileges on columns that stay be altered from what the table's revocations leave of them."""
    revoked = dict(_revoked(work))
    if not revoked:
        return
    for name in work.desired.rows[Privilege.KIND].keys() & work.live.rows[Privilege.KIND].keys():
        identity = Identity(Privilege.KIND, Quoted(name))
        before, after = work.live[identity], work.desired[identity]
        assert isinstance(before, Privilege) and isinstance(after, Privilege)
        lost = revoked.get((before.on, before.grantee))
        if before.column is None or lost is None or identity in work.drops:
            continue
        left = tuple(granted for granted in before.granted if granted.rstrip("*") not in lost)
        if left != before.granted:
            work.alters[identity] = Change(identity, replace(before, granted=left), after, ("granted",))


def order_grants(graph: Graph, work: Work) -> None:
    """Grants on columns come after what is revoked on the table."""
    revoking: dict[Held, list[Act]] = defaultdict(list)
    granting: list[tuple[Held, Act]] = []
    for act in graph.before:
        if act.identity.kind != Privilege.KIND:
            continue
        built = (work.live if act.operation is Operation.DROP else work.desired)[act.identity]
        assert isinstance(built, Privilege)
        if built.column is None and act.operation in (Operation.DROP, Operation.ALTER):
            revoking[built.on, built.grantee].append(act)
        elif built.column is not None and act.operation in (Operation.CREATE, Operation.ALTER):
            granting.append(((built.on, built.grantee), act))
    for held, act in granting:
        for earlier in revoking.get(held, ()):
            graph.add(earlier, act)


def _revoked(work: Work) -> Iterator[tuple[Held, set[str]]]:
    """What each role loses on each table as a whole."""
    for identity in work.drops | work.alters.keys():
        if identity.kind != Privilege.KIND:
            continue
        change = work.alters.get(identity)
        before = change.before if change else work.live[identity]
        assert isinstance(before, Privilege)
        if before.column is None:
            kept = change.after.granted if change and isinstance(change.after, Privilege) else ()
            lost = {name.rstrip("*") for name in before.granted if not {name, f"{name}*"} & set(kept)}
            yield (before.on, before.grantee), lost
