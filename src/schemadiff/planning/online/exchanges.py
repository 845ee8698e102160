"""Keys and indexes that take the place of others without a gap.

What takes a name that another one bears is built beside it, under a name for the meantime; one short transaction then
drops the old one and gives the new one its name. A unique index that is all that a new key needs becomes the key.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.forms import Exchangeable
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.comment import Comment
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.index_attachment import IndexAttachment
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.statement import Statement, changing, concerning
from schemadiff.difference.diff import Change
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing

_KINDS = (Constraint.KIND, Index.KIND)
_REQUIRED = frozenset({"not_null", "not_null_constraint"})


class Parted(Exception):
    """An index cannot become the key that it should, since something has to happen between."""


def becoming(changes: dict[Identity, Change]) -> Iterator[tuple[Identity, Identity]]:
    """Each unique index that becomes a key in place, and the key."""
    found: dict[Identity, Identity] = {}
    leaving: dict[str, list[Index]] = defaultdict(list)
    for change in changes.values():
        if isinstance(change.before, Index) and change.after is None:
            leaving[change.before.table].append(change.before)
    for change in sorted(changes.values(), key=lambda change: change.identity):
        key = change.after
        if not isinstance(key, Constraint) or change.before is not None or not key.builds_beside():
            continue
        fit = (index for index in leaving[key.table] if index.id not in found and _is_enough(index, key))
        best = min(fit, key=lambda index: (index.name != key.name, index.name), default=None)
        if best is not None:
            found[best.id] = key.id
    yield from found.items()


def _is_enough(index: Index, key: Constraint) -> bool:
    same = index.valid and index.builds_beside() and index.tablespace == key.tablespace
    return same and key.key_index().is_defined_as(index.definition, index.name)


def stays_in_key(dependent: Identity, needed: Identity, work: Work) -> bool:
    """Whether the object needs an index that becomes a key in place."""
    return needed in work.becomes


def exchanged(work: Work) -> Iterator[tuple[Act, Act]]:
    """What is dropped within the act that creates what takes its place, and that act."""
    for index, key in work.becomes.items():
        yield Act(Operation.DROP, index), Act(Operation.CREATE, key)
    for old, new in _exchanges(work):
        yield Act(Operation.DROP, old.id), Act(Operation.CREATE, new.id)


def refuse_parted(joined: Graph, work: Work) -> None:
    """Raise Parted where an index and the key that it becomes did not stay together."""
    for old, new in work.becomes.items():
        if Act(Operation.DROP, old) not in joined.parts.get(Act(Operation.CREATE, new), ()):
            raise Parted(f"{old} cannot become {new}")


def order_builds(graph: Graph, work: Work) -> None:
    """What replaces another one under a name of its own stands before that goes."""
    within = {old.id for old, _ in _exchanges(work)} | work.becomes.keys() | _attached(work)
    leaving: dict[Identity | None, list[Constraint | Index]] = defaultdict(list)
    for identity in sorted(work.drops - within):
        old = work.live[identity] if identity.kind in _KINDS else None
        if isinstance(old, Constraint | Index) and _is_movable(old):
            leaving[old.within()].append(old)
    for new in _arriving(work):
        for old in leaving[new.within()]:
            if _is_alike(old, new) and not set(old.claims()) & set(new.claims()):
                graph.add(Act(Operation.CREATE, new.id), Act(Operation.DROP, old.id))


def bears_not_null(dropped: Identity, holder: Identity, work: Work) -> bool:
    """Whether a key or an index stands while its column becomes NOT NULL, and nothing else of it changes."""
    change = work.alters[holder]
    after = change.after
    required = isinstance(after, Column) and after.not_null and _REQUIRED.issuperset(change.fields)
    return required and dropped.kind in _KINDS


def built_before(act: Act, other: Act, work: Work) -> bool:
    """Whether the index of a key can be built before a column changes, which stays of its type."""
    change = work.alters.get(other.identity) if other.operation is Operation.ALTER else None
    return (
        change is not None and isinstance(change.after, Column) and not change.rebuilds and act.identity.kind in _KINDS
    )


def built_beside(built: CatalogObject, written: Iterator[Statement], writing: Writing) -> Iterator[Statement]:
    """An object of a table that has rows; a key whose predecessor had to go before is made as a whole."""
    if not isinstance(built, Constraint | Index):
        return written
    gone = writing.gone(Act(Operation.CREATE, built.id))
    index = next((one for one in gone if writing.work.becomes.get(one) == built.id), None)
    if index is not None and isinstance(built, Constraint):
        return _taken_over(writing.work.live[index], built, writing.work)
    if gone:
        return iter(built.exchange(_dropping(built, gone, writing.work)))
    waits = isinstance(built, Constraint) and built.type in "pu" and _comes_after_another(built, writing.work)
    return iter(built.create()) if waits else written


def _comes_after_another(key: Constraint, work: Work) -> bool:
    """Whether what bears a name of the key's has to be dropped before."""
    if not work.drops.isdisjoint({key.id, Identity(Index.KIND, Quoted(key.index()))}):
        return True
    dropped = (work.live[one] for one in work.drops if one.kind == Constraint.KIND)
    return any(set(old.claims()) & set(key.claims()) for old in dropped)


def _exchanges(work: Work) -> Iterator[tuple[Constraint | Index, Constraint | Index]]:
    """What is dropped, with the first that takes a name of it and can be built beside it."""
    if not work.exchanging:
        return
    bearers: dict[tuple[str, str], list[Constraint | Index]] = defaultdict(list)
    for identity in sorted(work.drops - work.becomes.keys()):
        old = work.live[identity] if identity.kind in _KINDS else None
        if isinstance(old, Constraint | Index) and _is_movable(old):
            for claim in old.claims():
                bearers[claim].append(old)
    taken = _attached(work)
    for new in _arriving(work):
        for old in [old for claim in new.claims() for old in bearers[claim]]:
            if old.id not in taken and old.within() == new.within():
                taken.add(old.id)
                yield old, new


def _arriving(work: Work) -> Iterator[Constraint | Index]:
    """What can be built before anything else of its table moves."""
    if not work.exchanging:
        return
    replaced = (work.drops & work.creates) | work.releases
    for identity in sorted(work.creates - set(work.becomes.values())):
        new = work.desired[identity] if identity.kind in _KINDS else None
        if not isinstance(new, Constraint | Index) or not new.builds_beside():
            continue
        needed = work.desired.dependencies.needs.get(identity, set())
        if new.within() not in work.creates | work.drops and not needed & replaced:
            yield new


def _attached(work: Work) -> set[Identity]:
    """Keys of partitions that go with an index of the partitioned table."""
    rows = work.live.rows.get(IndexAttachment.KIND, {}).values()
    return {owner for values in rows if (owner := IndexAttachment.of(values).within()) is not None}


def _is_movable(old: Constraint | Index) -> bool:
    """Whether the object goes by itself, neither with a partitioned table's nor with those of partitions."""
    return not old.partitioned and not old.inherits and (isinstance(old, Index) or old.type in "pux")


def _is_alike(old: Constraint | Index, new: Constraint | Index) -> bool:
    """Whether the new one can serve what the old one did, as far as columns tell."""
    return bool(old.columns and new.columns) and (
        old.columns[0] == new.columns[0] or set(old.columns) == set(new.columns)
    )


def _dropping(built: Exchangeable, gone: list[Identity], work: Work) -> Iterator[Statement]:
    for identity in sorted(gone):
        for statement in work.live[identity].drop() if identity.kind in _KINDS else ():
            purpose = Purpose(StepOperation.DROP_OLD, fields=())
            if identity == built.id:
                yield replace(statement, purpose=purpose)
            else:
                yield from concerning(identity, [statement], StepOperation.DROP)


def _taken_over(index: CatalogObject, key: Constraint, work: Work) -> Iterator[Statement]:
    """The key made of its index, with what else the index of a key has."""
    assert isinstance(index, Index)
    yield key.key_index().take(index.name)
    before = replace(key, options=index.options, index_comment=_comment_on(index, work))
    if before.options != key.options:
        yield from changing(key.alter_options(before), "options")
    if before.index_comment != key.index_comment:
        yield from changing(key.alter_index_comment(before), "index_comment")


def _comment_on(index: Index, work: Work) -> Sql | None:
    for identity in work.live.dependencies.needed_by.get(index.id, ()):
        comment = work.live[identity]
        if isinstance(comment, Comment):
            return Sql(comment.text)
    return None
