"""Owners: who gets an object by a statement of its own, and what becomes of grants when the owner changes."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.acl import joined
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import Change
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def owned_with(built: CatalogObject | None) -> Identity | None:
    """The object whose owner is always this one's owner too: the table of a sequence that belongs to a column."""
    return Identity("table", built.owned_by) if isinstance(built, Sequence) and built.owned_by else None


def follows_holder(identity: Identity, work: Work) -> bool:
    """Whether the object gets its owner with another one that it belongs to all the while."""
    owner = work.desired[identity]
    if not isinstance(owner, Owner):
        return False
    holders = {owned_with(side.get(owner.within())) for side in (work.live, work.desired)}
    return len(holders) == 1 and None not in holders


def carry_over(work: Work) -> None:
    """Reckon with what a change of owner does to grants: what the old owner may do passes to the new one."""
    for change in list(work.alters.values()):
        if isinstance(change.before, Owner) and isinstance(change.after, Owner):
            for name in (change.after.identity, *_columns(change.after, work.live)):
                old, new = (
                    Identity(Privilege.KIND, Quoted(f"{name} TO {owner.role}"))
                    for owner in (change.before, change.after)
                )
                _pass_on(old, new, work)


def order_owners(graph: Graph, work: Work) -> None:
    """What the new owner should not have is revoked before, and what is left to the old one is granted after."""
    for act in [act for act in graph.before if act.identity.kind == Owner.KIND and act.operation is Operation.ALTER]:
        before = work.live[act.identity]
        assert isinstance(before, Owner)
        for name in (before.identity, *_columns(before, work.live)):
            given = Identity(Privilege.KIND, Quoted(f"{name} TO {before.role}"))
            graph.add(Act(Operation.DROP, given), act)
            graph.add(act, Act(Operation.CREATE, given))


def _columns(owner: Owner, live: Catalog) -> Iterator[str]:
    """The columns of what is owned, as privileges name them."""
    for part in live.dependencies.needed_by.get(owner.within(), ()):
        if live[part].within() == owner.within() and live[part].GRANTABLE == "c":
            yield f"{live[part].KEYWORD} {part.name}"


def _pass_on(old: Identity, new: Identity, work: Work) -> None:
    wanted, had = work.desired.get(new), [work.live.get(identity) for identity in (new, old)]
    if had[1] is None:
        return
    if not isinstance(wanted, Privilege):
        work.drops.add(old)
        work.alters.pop(old, None)
        if old in work.desired:
            work.creates.add(old)
        return
    granted = joined(*(privilege.granted for privilege in had if isinstance(privilege, Privilege)))
    for identity in (old, new):
        work.drops.discard(identity)
        work.creates.discard(identity)
        work.alters.pop(identity, None)
    if old in work.desired:
        work.creates.add(old)
    if granted != wanted.granted:
        work.alters[new] = Change(new, replace(wanted, granted=granted), wanted, ("granted",))
