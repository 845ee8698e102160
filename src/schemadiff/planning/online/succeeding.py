"""Which changes of type are made by a column that takes the place of the old one, and why others are not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.kinds.publication import Publication
from schemadiff.catalog.kinds.publication_namespace import PublicationNamespace
from schemadiff.catalog.kinds.publication_relation import PublicationRelation
from schemadiff.catalog.kinds.replica_identity import ReplicaIdentity
from schemadiff.catalog.kinds.rule import Rule
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.sql import Quoted, Sql, schema_of, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.difference.diff import Change, diff
from schemadiff.planning.archive.archive import Places
from schemadiff.planning.archive.keys import rows_of
from schemadiff.planning.archive.saved.rows import Rows
from schemadiff.planning.archive.triggers import fired_by_updates
from schemadiff.planning.online.successions import has_index, indexes_of, on_new_columns
from schemadiff.planning.online.successor import Successor
from schemadiff.planning.sizes import Sizes
from schemadiff.planning.work.closure import closure
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import Segment

_LASTING = frozenset(
    {"type", "collation", "not_null", "not_null_constraint", "storage", "compression", "statistics", "options"}
)
"""What may differ of the new column, which is made so."""
_CALLS = re.compile(r'\.\s*(?:\w+|"(?:[^"]|"")+")\s*\(|OPERATOR\s*\(', re.IGNORECASE)
"""Code that is not Postgres' own, in an expression."""


@dataclass(frozen=True, slots=True)
class Successions:
    """The successors of both scripts by the column, and why other columns of large tables are rewritten."""

    up: dict[Identity, Successor] = field(default_factory=dict)
    down: dict[Identity, Successor] = field(default_factory=dict)
    refused: dict[Identity, str] = field(default_factory=dict)


def successions(
    live: Catalog, desired: Catalog, sizes: Sizes, places: Places, backfills: tuple[Segment, ...]
) -> Successions:
    """What takes whose place between two states, both ways; names in the archive are taken from `places`."""
    found = Successions()
    filled = {str(one.backfill.table) for one in backfills if one.backfill}
    for ends, chosen in (((live, desired), found.up), ((desired, live), found.down)):
        changes = diff(*ends)
        wanted = sorted(one for one, change in changes.items() if _rewrites(change, sizes))
        plain = closure(changes, *ends) if wanted else Work(*ends)
        for identity in wanted:
            column = ends[1][identity]
            assert isinstance(column, Column)
            if column.table in filled:
                found.refused[identity] = "a backfill writes to the table"
                continue
            one = _chosen(changes, identity, plain, places, back=chosen is found.down)
            if isinstance(one, Successor):
                chosen[identity] = one
            else:
                found.refused[identity] = one
        while torn := dict(_torn(chosen, wanted, plain)):
            found.refused.update(torn)
            for identity in torn:
                del chosen[identity]
    return found


def _rewrites(change: Change, sizes: Sizes) -> bool:
    before, after = change.before, change.after
    if (
        not isinstance(before, Column)
        or not isinstance(after, Column)
        or not {"type", "collation"} & set(change.fields)
    ):
        return False
    if before.relation_kind != "table" or not sizes.online(after.table):
        return False
    return any(Hazard.TABLE_REWRITE in one.hazards for one in after.typed().change(before.typed()))


def _chosen(
    changes: dict[Identity, Change], identity: Identity, plain: Work, places: Places, *, back: bool
) -> Successor | str:
    before, after = plain.live[identity], plain.desired[identity]
    assert isinstance(before, Column) and isinstance(after, Column)
    first, second = (after, before) if back else (before, after)
    kept = second.typed().there_and_back(first.typed())
    for reason in _hindrances(before, after, kept, changes[identity], plain):
        return reason
    rows = _rows(after.table, plain)
    if rows is None:
        return "the table has no key by which batches could go"
    moving = closure(changes, plain.live, plain.desired, frozenset({identity}))
    one = Successor(before, after, rows, places.free(identity))
    for reason in _in_the_way(one, moving, plain):
        return reason
    return one


def _hindrances(before: Column, after: Column, kept: Sql | None, change: Change, work: Work) -> Iterator[str]:
    """What of the column and its table is in the way."""
    table = work.live.get(before.within())
    if not isinstance(table, Table) or before.within() in work.drops | work.creates:
        yield "the table is replaced"
        return
    if table.partition_key is not None or after.in_partition:
        yield "the table is partitioned"
    elif after.inherits or after.has_children or _has_parents(table, work.live) or before.of_type or after.of_type:
        yield "its table shares the column with parents, children or a type"
    if before.generated or after.generated or not _LASTING.issuperset(change.fields) or change.replaces:
        yield "the column changes in other ways, too"
    if before.identity_kind or after.identity_kind:
        yield "the column is an identity"
    if after.not_null and (not before.not_null or any((after.not_null_constraint or ())[1:3])):
        yield "the column becomes NOT NULL, too"
    if not (_is_plain(before) and _is_plain(after)) or change.before is None or before.id in work.releases:
        yield "its values are of a domain, a row or another type that is not known to be plain"
    if kept is not None:
        yield "the new type does not keep the values as they are, and old ones are archived"
    if after.using is not None and _CALLS.search(after.using):
        yield "writes would run the functions of its USING"
    if any(True for side in (work.live, work.desired) for _ in side.having(Rule, "table", table.identity)):
        yield "rules of the table would change what batches write"
    yield from _replicated(table, (work.live, work.desired))
    yield from _triggers(after, work)


def _is_plain(column: Column) -> bool:
    return column.holds_rows is None and ("." not in column.type or column.of_labels)


def _has_parents(table: Table, side: Catalog) -> bool:
    joins = (Inheritance.of(values) for values in side.rows.get(Inheritance.KIND, {}).values())
    return any(join.within() == table.id or table.identity in join.parents for join in joins)


def _replicated(table: Table, sides: tuple[Catalog, ...]) -> Iterator[str]:
    """A subscriber does not know the new column, which comes without its values."""
    for side in sides:
        every = any(Publication.of(values).all_tables for values in side.rows.get(Publication.KIND, {}).values())
        schema = schema_of(table.identity)
        spaces = (PublicationNamespace.of(values) for values in side.rows.get(PublicationNamespace.KIND, {}).values())
        if every or any(True for _ in side.having(PublicationRelation, "table", table.identity)):
            yield "the table is published"
        elif any(space.schema == schema for space in spaces):
            yield "the table's schema is published"


def _triggers(after: Column, work: Work) -> Iterator[str]:
    """Others must have run when ours does, and the same ones are there all the while."""
    ours = f"~ {unquoted(after.name)}".encode()
    for side in (work.live, work.desired):
        for trigger in side.having(Trigger, "table", after.table):
            if trigger.id in work.changes:
                yield f"{trigger.id} changes, too"
            if unquoted(trigger.name).encode() >= ours:
                yield f"{trigger.id} would run behind the one that converts"


def _rows(table: Quoted, work: Work) -> Rows | None:
    """The rows by a key of before, with the triggers that are there on both sides."""
    rows = rows_of(table, set(), Work(work.live, work.live))
    if rows is None:
        return None
    after = work.desired.get(Identity(Table.KIND, table))
    forced = rows.forced or (isinstance(after, Table) and after.force_row_security)
    return replace(rows, forced=forced, triggers=tuple(fired_by_updates(Identity(Table.KIND, table), work)))


def _in_the_way(one: Successor, moving: Work, plain: Work) -> Iterator[str]:
    """What hangs on the column and cannot be there for its successor in time."""
    for identity in sorted(_hanging_on(one.after.id, moving)):
        if identity.kind in (MaterializedView.KIND, Column.KIND, Table.KIND, PublicationRelation.KIND):
            yield f"{identity} would have to be made anew under the lock"
        elif identity.kind == ReplicaIdentity.KIND:
            yield "an index with the column is the table's replica identity"
    if moving.releases - plain.releases:
        yield "other columns would have to let go of it"
    for built in indexes_of([one], moving):
        if not built.builds_beside() or (isinstance(built, Constraint) and built.type == "x"):
            yield f"{built.id} cannot be built beside the old one"
        elif on_new_columns(built, [one]) is None:
            yield f"{built.id} cannot be told of the new column"
    for identity in moving.live.dependencies.needed_by.get(one.before.id, ()):
        old = moving.live[identity]
        if has_index(old) and old.inherits:
            yield f"{identity} belongs to another table's"


def _hanging_on(column: Identity, moving: Work) -> set[Identity]:
    """What is dropped or created with a column, on either side."""
    found: set[Identity] = set()
    for side, moved in ((moving.live, moving.drops), (moving.desired, moving.creates)):
        waiting = [column]
        while waiting:
            more = (side.dependencies.needed_by.get(waiting.pop(), set()) & moved) - found - {column}
            found |= more
            waiting += more
    return found


def _torn(chosen: dict[Identity, Successor], wanted: list[Identity], work: Work) -> Iterator[tuple[Identity, str]]:
    """Successors that share the moment of the swap with a column that is rewritten in place."""
    rewritten = {
        before.table: one for one in wanted if one not in chosen and isinstance(before := work.live[one], Column)
    }
    for identity in sorted(chosen):
        if (other := rewritten.get(chosen[identity].before.table)) is not None:
            yield identity, f"the table is rewritten for {other} anyway"
        for side in (work.live, work.desired):
            for user in sorted(side.dependencies.needed_by.get(identity, ())):
                key = side[user]
                if not isinstance(key, Constraint) or key.type != "f":
                    continue
                for other in sorted(side.dependencies.needs.get(user, ())):
                    change = work.alters.get(other)
                    if change is not None and change.rebuilds and other not in chosen:
                        yield identity, f"{other}, which {user} ties to it, is rewritten"
