"""What a script saves before it destroys it, so that the other script of the plan can give it back."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from schemadiff.catalog.fingerprint import digest
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.kinds.sequence_owner import SequenceOwner
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import LONGEST_NAME, Quoted, Sql, last_name, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.planning.archive.rows import rows_of
from schemadiff.planning.archive.sql import CopiedTable, Counter, MovedTable, Place, Saved, Value
from schemadiff.planning.archive.types import holders_of, lost_by_replacing, lost_labels
from schemadiff.planning.archive.values import SavedColumn, SavedSequence, SavedValues
from schemadiff.planning.work.work import Work


@dataclass(frozen=True)
class Archive:
    """What is saved, by the object that goes; `moves` name the parts that go along with a moved table.

    `changes` are columns whose values change with their type, `counters` those that stay and end to be identities.
    """

    saved: Mapping[Identity, Saved] = field(default_factory=dict)
    moves: Mapping[Identity, frozenset[Identity]] = field(default_factory=dict)
    changes: Mapping[Identity, SavedValues] = field(default_factory=dict)
    counters: Mapping[Identity, Counter] = field(default_factory=dict)

    @cached_property
    def movers(self) -> dict[Identity, Identity]:
        """Parts of moved tables, and the table of each."""
        return {part: table for table, parts in self.moves.items() for part in parts}


NOTHING = Archive()
"""Where nothing is saved."""


def archive(up: Work, down: Work, taken: frozenset[str], immovable: Set[Identity]) -> Archive:
    """What the work `up` destroys and `down` can give back.

    Names in `taken` are in use in the archive; `immovable` tables are copied.
    """
    return _Choice(up, down, set(taken), immovable).made()


@dataclass(frozen=True, slots=True)
class Places:
    """Gives out names in the archive that are not `taken`."""

    taken: set[str]

    def free(self, identity: Identity) -> Place:
        """A place whose name tells what it holds."""
        name = _readable(identity.name)
        for number in range(2, 1000):
            if name not in self.taken:
                break
            name = _readable(Quoted(f"{identity.name} {number}"))
        self.taken.add(name)
        return Place(name, identity)


@dataclass(slots=True)
class _Choice:
    up: Work
    down: Work
    taken: set[str]
    immovable: Set[Identity]
    saved: dict[Identity, Saved] = field(default_factory=dict)
    moves: dict[Identity, frozenset[Identity]] = field(default_factory=dict)

    def made(self) -> Archive:
        gone = sorted(self.up.drops & self.down.creates)
        tables = {identity: table for identity in gone if isinstance(table := self.up.live[identity], Table)}
        parts = self._parts(tables.keys())
        self.moves = self._moves(tables, parts)
        movers = {part for moved in self.moves.values() for part in moved}
        for identity, table in tables.items():
            if identity in self.moves:
                self.saved[identity] = MovedTable(self._place(identity), table.identity)
            elif table.partition_key is None:
                self._copy(table, parts[identity])
        for identity in gone:
            built = self.up.live[identity]
            if isinstance(built, Sequence) and identity not in movers:
                self.saved[identity] = SavedSequence(self._place(identity), built.identity)
            elif isinstance(built, Column) and built.within() not in self.up.drops:
                self._save_column(built)
        return Archive(self.saved, self.moves, dict(self._changes()), dict(self._counters()))

    def _parts(self, tables: Set[Identity]) -> dict[Identity, set[Identity]]:
        """The objects that fall with each table, by the table that holds them."""
        found: dict[Identity, set[Identity]] = {table: set() for table in tables}
        falls_with = self.up.live.dependencies.falls_with
        for identity in self.up.drops - tables if tables else ():
            holder = self.up.live.holder(self.up.live[identity])
            if holder is not None and holder in tables:
                found[holder].add(identity)
                continue
            seen, asked = {identity}, [identity]
            while asked:
                for owner in falls_with.get(asked.pop(), set()) - seen:
                    seen.add(owner)
                    if owner in tables:
                        found[owner].add(identity)
                    else:
                        asked.append(owner)
        return found

    def _moves(
        self, tables: Mapping[Identity, Table], parts: Mapping[Identity, set[Identity]]
    ) -> dict[Identity, frozenset[Identity]]:
        """The tables that can be moved aside with their parts; a child moves only with all of its parents."""
        movable = set(tables) - self.immovable
        while True:
            moves: dict[Identity, frozenset[Identity]] = {}
            names = set(self.taken)
            for identity in sorted(movable):
                moving = self._moving(tables[identity], parts[identity], movable, names)
                if moving is not None:
                    moves[identity] = frozenset(moving)
                    names.update(self._relations(moving))
            whole = {identity for identity in moves if not self._children(identity, tables) - moves.keys()}
            if whole == movable:
                self.taken = names
                return moves
            movable = whole

    def _children(self, parent: Identity, tables: Mapping[Identity, Table]) -> set[Identity]:
        """The tables in `tables` that are children of one of them."""
        joins = (self.up.live.get(Identity(Inheritance.KIND, table.name)) for table in tables)
        return {join.within() for join in joins if isinstance(join, Inheritance) and parent.name in join.parents}

    def _copy(self, table: Table, parts: set[Identity]) -> None:
        columns = sorted(
            (
                built
                for identity in parts
                if isinstance(built := self.up.live[identity], Column) and built.within() == table.id
            ),
            key=Column.sort_key,
        )
        values = tuple(self._value(column) for column in columns if not column.generated)
        if values:
            counters = tuple(
                self._counter(column) for column in columns if column.identity_kind and not column.inherits
            )
            place = self._place(table.id)
            self.saved[table.id] = CopiedTable(place, table.identity, values, table.force_row_security, counters)

    def _moving(
        self, table: Table, parts: set[Identity], movable: set[Identity], names: set[str]
    ) -> set[Identity] | None:
        """The parts that can go along with a table; None where it cannot go."""
        moving = {part for part in parts if self.up.live[part].moves_with_table()}
        while held := {part for part in moving if self._is_held(part, table, parts, moving, movable)}:
            moving -= held
        if any(part.kind == SequenceOwner.KIND and self.up.live[part].within() not in moving for part in parts):
            return None  # a sequence that stays would be taken along
        essential = (Column.KIND, Sequence.KIND, SequenceOwner.KIND, Inheritance.KIND)
        if any(part.kind in essential for part in parts - moving) or names.intersection(self._relations(moving)):
            return None
        return moving | {part for part in parts - moving if self._follows(part, table, moving)}

    def _is_held(
        self, part: Identity, table: Table, parts: set[Identity], moving: set[Identity], movable: set[Identity]
    ) -> bool:
        """Whether a part leans on something that goes, or that does not come along."""
        for needed in self.up.live.dependencies.needs.get(part, set()) - {table.id}:
            if needed in parts:
                if needed not in moving:
                    return True
            elif part.kind == Inheritance.KIND:
                if needed not in movable:
                    return True
            elif needed in self.up.drops and not {needed, self.up.live.holder(self.up.live[needed])} & movable:
                return True
        return False

    def _follows(self, part: Identity, table: Table, moving: set[Identity]) -> bool:
        """Whether a comment, label or owner describes what moves; of privileges only the owner's stay."""
        built = self.up.live[part]
        target = built.within()
        if not built.SATELLITE or (target != table.id and target not in moving):
            return False
        if not isinstance(built, Privilege):
            return True
        owner = self.up.live.get(Identity(Owner.KIND, Quoted(f"TABLE {table.identity}")))
        return isinstance(owner, Owner) and owner.role == built.grantee

    def _relations(self, parts: set[Identity]) -> Iterator[str]:
        """The names that parts take in the schema of their table."""
        for part in parts:
            for space, name in self.up.live[part].claims():
                if space == "relation":
                    yield unquoted(last_name(name))

    def _save_column(self, column: Column) -> None:
        source = column.inherited_from()
        if column.relation_kind != "table" or column.generated or column.of_type:
            return
        if source is not None and source in self.up.drops and column.goes_with_parent():
            return
        rows = rows_of(column.table, {column.id}, self.up)
        if rows is None:
            return
        counter = self._counter(column) if column.identity_kind is not None else None
        self.saved[column.id] = SavedColumn(
            self._place(column.id),
            rows,
            self._value(column),
            counts=counter is not None or column.serial is not None,
            counter=counter,
            always=column.identity_kind == "a",
        )

    def _counter(self, column: Column) -> Counter:
        return Counter(self._place(column.id), column.table, column.name)

    def _value(self, column: Column) -> Value:
        needs = self.up.live.dependencies.needs.get(column.id, set()) - {column.within()}
        return Value(column.name, column.type, as_text=bool(needs & self.up.drops))

    def _changes(self) -> Iterator[tuple[Identity, SavedValues]]:
        for identity, change in sorted(self.up.alters.items()):
            before, after = change.before, change.after
            if not isinstance(before, Column) or not isinstance(after, Column) or "type" not in change.fields:
                continue
            if identity in self.up.releases or before.relation_kind != "table" or before.inherited_from():
                continue
            back = after.typed().there_and_back(before.typed())
            rows = None if back is None else rows_of(before.table, {identity}, self.up)
            if back is not None and rows is not None:
                yield identity, SavedValues(self._place(identity), rows, before.name, before.type, back)

        torn_values = {
            type_: holders_of(type_, self.up.live)
            for type_ in sorted(self.up.drops & self.up.creates)
            if Hazard.DATA_LOSS in lost_by_replacing(type_, self.up)
        }
        for identity in sorted(self.up.releases):
            before, after = self.up.live[identity], self.up.desired.get(identity)
            if not isinstance(before, Column) or not isinstance(after, Column) or before.inherited_from():
                continue
            torn = after.using is None and any(identity in holders for holders in torn_values.values())
            if torn or (after.using is not None and lost_labels(identity, self.up.live, self.up.desired)):
                rows = rows_of(before.table, {identity}, self.up)
                if rows is not None:
                    type_ = Sql("text") if torn else before.type
                    yield identity, SavedValues(self._place(identity), rows, before.name, type_, None, released=torn)

    def _counters(self) -> Iterator[tuple[Identity, Counter]]:
        """Columns that end to be identities without another sequence that goes on from there."""
        for identity, change in sorted(self.up.alters.items()):
            before, after = change.before, change.after
            if not isinstance(before, Column) or not isinstance(after, Column) or before.inherits:
                continue
            if before.identity_kind and not (after.identity_kind or after.serial):
                yield identity, self._counter(before)

    def _place(self, identity: Identity) -> Place:
        return Places(self.taken).free(identity)


def _readable(name: Quoted) -> str:
    text = name.replace('"', "")
    if len(text.encode()) <= LONGEST_NAME:
        return text
    stem = text.encode()[: LONGEST_NAME - 9].decode(errors="ignore")
    return f"{stem} {digest(text)[:8]}"
