"""Tables that can be moved to the archive as they are, and which of their parts go along.

A table needs its columns, its sequences and what these belong to, and its parents; other parts are left behind.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from schemadiff.catalog.declaring.inherited import inherited_from
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import RANK
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.kinds.sequence_owner import SequenceOwner
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, last_name, unquoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement, concerning
from schemadiff.planning.archive.archive import Choice
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing

_ESSENTIAL = (Column.KIND, Sequence.KIND, SequenceOwner.KIND, Inheritance.KIND)
"""Parts without which a table is not moved."""


def parts_by_table(tables: Set[Identity], work: Work) -> dict[Identity, set[Identity]]:
    """The objects that fall with each table, by the table that holds them."""
    parts: dict[Identity, set[Identity]] = {table: set() for table in tables}
    falls_with = work.live.dependencies.falls_with
    for identity in work.drops - tables if tables else ():
        holder = work.live.holder(work.live[identity])
        if holder is not None and holder in tables:
            parts[holder].add(identity)
            continue
        seen, asked = {identity}, [identity]
        while asked:
            for owner in falls_with.get(asked.pop(), set()) - seen:
                seen.add(owner)
                if owner in tables:
                    parts[owner].add(identity)
                else:
                    asked.append(owner)
    return parts


def moves(
    tables: Mapping[Identity, Table], parts: Mapping[Identity, set[Identity]], choice: Choice
) -> dict[Identity, frozenset[Identity]]:
    """The tables that can be moved aside with their parts; a child moves only with all of its parents."""
    movable = set(tables) - choice.immovable
    while True:
        moving: dict[Identity, frozenset[Identity]] = {}
        taken = set(choice.places.taken)
        for identity in sorted(movable):
            table = _Table(tables[identity], parts[identity], movable, choice.up)
            along = table.along(taken)
            if along is not None:
                moving[identity] = frozenset(along)
                taken.update(_relations(along, choice.up))
        whole = {identity for identity in moving if not _children(identity, tables, choice.up) - moving.keys()}
        if whole == movable:
            choice.places.taken.update(taken)
            return moving
        movable = whole


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with its parts, among tables that can be moved."""

    table: Table
    parts: set[Identity]
    movable: set[Identity]
    work: Work

    def along(self, taken: set[str]) -> set[Identity] | None:
        """The parts that can go along; None where the table cannot go. The archive's names in `taken` are in use."""
        live = self.work.live
        along = {part for part in self.parts if live[part].moves_with_table()}
        while held := {part for part in along if self._is_held(part, along)}:
            along -= held
        owned = (live[part].within() for part in self.parts if part.kind == SequenceOwner.KIND)
        if any(sequence not in along for sequence in owned):
            return None  # a sequence that stays would be taken along
        if any(part.kind in _ESSENTIAL for part in self.parts - along):
            return None
        if taken.intersection(_relations(along, self.work)):
            return None
        return along | {part for part in self.parts - along if self._follows(part, along)}

    def _is_held(self, part: Identity, along: set[Identity]) -> bool:
        """Whether a part needs something that goes, or that does not come along."""
        live = self.work.live
        for needed in live.dependencies.needs.get(part, set()) - {self.table.id}:
            if needed in self.parts:
                if needed not in along:
                    return True
            elif part.kind == Inheritance.KIND:
                if needed not in self.movable:
                    return True
            elif needed in self.work.drops and not {needed, live.holder(live[needed])} & self.movable:
                return True
        return False

    def _follows(self, part: Identity, along: set[Identity]) -> bool:
        """Whether a comment, label or owner describes what moves; of privileges only the owner's stay."""
        described = self.work.live[part]
        target = described.within()
        if not described.SATELLITE or (target != self.table.id and target not in along):
            return False
        if not isinstance(described, Privilege):
            return True
        owner = self.work.live.get(Identity(Owner.KIND, Quoted(f"TABLE {self.table.identity}")))
        return isinstance(owner, Owner) and owner.role == described.grantee


def left_behind(act: Act, writing: Writing) -> Iterator[Statement]:
    """What does not go along with a moved table is dropped."""
    parts = {part.identity for part in writing.with_parts(act)} - writing.saving.moves.keys()
    left = parts - writing.saving.movers.keys()
    for identity in sorted(left, key=lambda identity: (-RANK[identity.kind], identity)):
        built = writing.work.live[identity]
        covered = writing.work.live.dependencies.falls_with.get(identity, set()) | {inherited_from(built)}
        if isinstance(built, Privilege) or not (built.SATELLITE or covered & left):
            yield from concerning(identity, built.drop(), StepOperation.DROP)


def _relations(parts: Set[Identity], work: Work) -> Iterator[str]:
    """The names that parts take in the schema of their table."""
    for part in parts:
        for space, name in work.live[part].claims():
            if space == "relation":
                yield unquoted(last_name(name))


def _children(parent: Identity, tables: Mapping[Identity, Table], work: Work) -> set[Identity]:
    """The tables in `tables` that are children of one of them."""
    joins = (work.live.get(Identity(Inheritance.KIND, table.name)) for table in tables)
    return {join.within() for join in joins if isinstance(join, Inheritance) and parent.name in join.parents}
