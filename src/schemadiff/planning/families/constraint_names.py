"""Names of constraints that change by themselves: of partitions' foreign keys, and of NOT NULL."""

from dataclasses import replace

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import Change
from schemadiff.planning.work.work import Work


def rename_instead_of_replacing(work: Work) -> None:
    """Let a partition's foreign key be renamed where it is its parent's copy, and the parent's stays."""
    arriving = {}
    for identity in sorted(work.creates - work.drops):
        built = work.desired[identity]
        if isinstance(built, Constraint) and built.type == "f" and built.inherits is not None:
            arriving[built.table, built.inherits] = built
    if not arriving:
        return
    leaving = [work.live[identity] for identity in sorted(work.drops - work.creates)]
    copies = [
        (built, Identity(Constraint.KIND, built.inherits))
        for built in leaving
        if isinstance(built, Constraint) and built.type == "f" and built.inherits is not None
    ]
    names: dict[Identity, Quoted] = {}
    found = True
    while found:  # from the partitioned table down
        found = False
        for before, above in [copy for copy in copies if copy[0].id not in names]:
            after = arriving.get((before.table, names.get(above, above.name)))
            if after is None or _moves(before, work) or (above not in names and above in work.drops | work.creates):
                continue
            names[before.id], found = after.identity, True
            work.drops.discard(before.id)
            work.creates.discard(after.id)
            work.alters[after.id] = Change(after.id, before, after, ())
            work.swaps.add(after.id)


def swap_not_null_names(work: Work) -> None:
    """Let NOT NULL constraints of one table that take each other's names give up their own first."""
    leaving: dict[tuple[Quoted, str], Identity] = {}
    arriving: dict[tuple[Quoted, str], Identity] = {}
    for change in work.alters.values():
        before, after = change.before, change.after
        if isinstance(before, Column) and isinstance(after, Column) and "not_null_constraint" in change.fields:
            old, new = before.not_null_constraint, after.not_null_constraint
            if old and new and old[0] != new[0]:
                leaving[before.table, old[0]] = arriving[after.table, new[0]] = after.id
    for name in leaving.keys() & arriving.keys():
        for column in (leaving[name], arriving[name]):
            change = work.alters[column]
            if isinstance(change.before, Column):
                work.alters[column] = replace(change, before=replace(change.before, not_null_aside=True))


def _moves(copy: Constraint, work: Work) -> bool:
    """Whether the partition is created, dropped or attached again."""
    return bool({copy.within(), Identity(Inheritance.KIND, copy.table)} & (work.drops | work.creates))
