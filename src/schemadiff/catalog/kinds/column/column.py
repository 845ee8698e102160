"""A column of a table."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.forms import Online, Releasable
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.filled import FilledColumn
from schemadiff.catalog.kinds.column.identity import IdentityColumn, feeding_words
from schemadiff.catalog.kinds.column.not_null import NotNull
from schemadiff.catalog.kinds.column.query import column_query
from schemadiff.catalog.kinds.column.settings import ColumnSettings
from schemadiff.catalog.kinds.column.shared import SharedColumn
from schemadiff.catalog.kinds.sequence import SERIAL
from schemadiff.catalog.kinds.shared.foreign_options import clause
from schemadiff.catalog.kinds.shared.letters import COMPRESSION, USUAL_TARGET
from schemadiff.catalog.kinds.type_conversion.column_type import (
    REWRITES,
    SERIALS,
    STORAGES,
    ColumnType,
    Retyping,
    has_odd_scale,
)
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.questions import Question, Surplus
from schemadiff.catalog.statements.statement import Statement, asking, changing
from schemadiff.catalog.versions import HAS_ANY_SCALE, HAS_VIRTUAL_COLUMNS, NAMES_NOT_NULL, SETS_EXPRESSIONS, Version


@kind("column", catalog="pg_class")
class Column(SharedColumn, FilledColumn, ColumnSettings, Online, Releasable):
    """A column; its default is an object of its own, a generation expression or identity is not."""

    type: Sql = alters(rebuilds=True, tells=True)
    collation: Quoted | None = alters(by="alter_type", rebuilds=True)
    generated: str | None = alters(
        rebuilds=True, words="generation", values={"s": "STORED", "v": "VIRTUAL"}, off="drop the expression of {name}"
    )
    expression: Sql | None = alters(by="alter_generated", rebuilds=True)
    not_null: bool = alters(words="NOT NULL", on="set {name} NOT NULL", off="drop NOT NULL from {name}", tells=True)
    not_null_constraint: tuple[str, ...] | None = alters(by="alter_not_null", words="NOT NULL constraint")
    """Since Postgres 18: its name, inheritance, validity and comment."""
    identity_kind: str | None = alters(
        by="alter_identity", words="identity", values={"a": "ALWAYS", "d": "BY DEFAULT"}, tells=True
    )
    identity_options: tuple[str, ...] | None = alters(
        by="alter_identity", words="sequence of the identity", values=feeding_words
    )
    storage: str = alters(values=STORAGES)
    compression: str = alters(values=COMPRESSION)
    statistics: int = alters(words="statistics target", values=USUAL_TARGET)
    options: tuple[str, ...] = alters()
    foreign_options: tuple[str, ...] = alters(words="options for the foreign server")
    name: Quoted = carries()
    table: Quoted = carries()
    relation_kind: str = carries()
    position: int = carries()
    local: bool = carries()
    in_partition: bool = carries()
    inherits: Quoted | None = carries()
    default_storage: str = carries()
    not_null_local: bool = carries()
    not_null_own: bool = carries()
    not_null_aside: bool = carries()
    """Whether the constraint gives up its name first, since others of the table change names with it."""
    has_children: bool = carries()
    of_several_parents: bool = carries()
    shares_identity: bool = carries()
    """Whether children have the column's identity: partitions do, since Postgres 17."""
    in_partition_key: bool = carries()
    serial: tuple[str, ...] | None = carries()
    """The sequence that belongs to the column, or that its default draws from, and is no identity's."""
    table_persistence: str = carries()
    text_form: Sql | None = carries()
    """`text` or `text[]` where values reach another type by way of their text: enums, composites, ranges."""
    of_labels: bool = carries()
    """Whether the values are labels of an enum, or arrays of them."""
    holds_rows: str | None = carries()
    """`row` where the values are of a composite type, `inside` where an array or a domain holds such values."""
    of_type: Quoted | None = carries()
    """The composite type that the table is one OF, whose attributes its columns follow."""
    server_version: int = carries()
    using: Sql | None = carries()
    """What turns the values of the old type into this one, where an annotation says so."""

    WORDS = Words(
        create="add column {name}",
        drop="drop column {name}",
        alter="alter column {name}",
        release="convert column {name} to text while its type is replaced",
        rejoin="convert column {name} back from text",
        validate="validate NOT NULL of {name}",
        plural="columns",
    )
    NEWER = (
        Newer(HAS_VIRTUAL_COLUMNS, "VIRTUAL", lambda it: it.generated == "v"),
        Newer(NAMES_NOT_NULL, "NO INHERIT or NOT VALID", lambda it: any((it.not_null_constraint or ())[1:3])),
        Newer(HAS_ANY_SCALE, "a scale below 0 or above the precision", lambda it: has_odd_scale(it.type)),
    )
    NUMEROUS = True
    GRANTABLE = "c"
    HOLDS_DATA = True
    NOT_PASSED_ON = frozenset({"compression", "options", "foreign_options", "identity_options"})
    SHARED_WITH_CHILDREN = MOVES_WITH_TABLE = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Columns of tables and foreign tables, and the sequences that feed them."""
        return column_query(version)

    def within(self) -> Identity:
        return Identity(self.relation_kind, self.table)

    def survives(self, *, released: bool, rebuilt: int) -> bool:
        return self.of_type is not None

    def sort_key(self) -> tuple[object, ...]:
        return (self.table, self.position)

    def claims(self) -> tuple[tuple[str, str], ...]:
        """The name of the sequence of an identity."""
        return (("relation", self.identity_options[0]),) if self.identity_options and not self.in_partition else ()

    def clause(self, parts: tuple[Sql, ...] = ()) -> Sql | None:
        """The definition as it stands in CREATE TABLE, with the default folded in."""
        return None if self.comes_with_parents() else self._definition(parts)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """ADD COLUMN, with the default folded in."""
        if not self.comes_with_parents():
            yield from self.create_online(parts)

    def create_online(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """The same; a table that is there already must have its parents' columns before it joins them."""
        if self.of_type:
            yield from self._complete(parts)
            return
        if self.identity_kind and self.has_children and not self.shares_identity:
            plain = f"ADD COLUMN {self.name} {self.type}{self._not_null().clause()}"
            yield from self._identity().begin_with_children(self._alter_table(plain, *REWRITES))
            yield from self.remainder()
            return
        rewrites = self.generated == "s" or self.identity_kind or SERIAL in parts
        made = self._alter_table(f"ADD COLUMN {self._definition(parts)}", *(REWRITES if rewrites else ()))
        empty = self.not_null and not (parts or self.generated or self.identity_kind or "." in self.type)
        questions = (self._not_null().question_of_new(),) if empty else tuple(self._fillings(parts))
        yield asking(made, *questions) if questions else made
        yield from self.remainder()

    def create_to_fill(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """The same, and NOT NULL in statements of its own, for rows that get their values only after the first."""
        nullable = replace(self, not_null=False, not_null_constraint=None)
        added, *more = nullable.create_online(parts)
        yield replace(added, purpose=Purpose(StepOperation.CREATE, fields=("type",)))
        yield from more
        yield from changing(self.alter_not_null(nullable), "not_null")

    def _complete(self, parts: tuple[Sql, ...]) -> Iterator[Statement]:
        """What a column still lacks that its table's type has brought."""
        for part in parts:
            yield replace(self._alter_column(f"SET {part}"), purpose=Purpose(fields=()))
        if self.not_null:
            made = asking(self._alter_column("SET NOT NULL", Hazard.LONG_SCAN), self._not_null().question_of_new())
            yield from changing([made], "not_null")
        yield from self.remainder()

    def drop(self) -> tuple[Statement, ...]:
        if self.of_type:
            return ()
        lost = () if self.generated or self._foreign else (Hazard.DATA_LOSS,)
        return (self._alter_table(f"DROP COLUMN {self.name}", *lost, Hazard.BREAKS_CLIENTS),)

    def rename(self, name: Quoted) -> Statement:
        return self._alter_table(f"RENAME COLUMN {self.name} TO {name}", Hazard.BREAKS_CLIENTS)

    def drop_only(self) -> tuple[Statement, ...]:
        made = f"ALTER {self.relation_kind.upper()} ONLY {self.table} DROP COLUMN {self.name}"
        return tuple(replace(statement, sql=Sql(made)) for statement in self.drop())

    def must_replace(self, before: "Column") -> bool:
        """Postgres takes an expression away, where it is stored, and changes one since 17; it gives none."""
        if self.generated != before.generated:
            return self.generated is not None or before.generated == "v"
        return self.expression != before.expression and (self.server_version < SETS_EXPRESSIONS)

    def release(self) -> Iterable[Statement] | None:
        return None if self.generated else tuple(self._altered(self.typed().release()))

    def restore(self) -> Iterator[Statement]:
        yield from self._altered(self.typed().restore())
        yield from self._kept_settings(self)

    def alter_type(self, before: "Column") -> Iterator[Statement]:
        if self.of_type and before.of_type:
            return
        if before.generated is not None and self.generated is None:
            yield from changing([self._alter_column("DROP EXPRESSION")], "generated")
        if self._stops_counting(before):
            yield from changing(self._identity().change(before._identity()), "identity_kind")
        yield from changing(self._identity().narrowed(before._identity()), "identity_options")
        yield from self._altered(self.typed().change(before.typed()))
        yield from self._kept_settings(before)

    def _altered(self, retypings: Iterable[Retyping]) -> Iterator[Statement]:
        for retyping in retypings:
            yield from map(Statement, retyping.before)
            made = self._retyped(retyping.action, *retyping.hazards)
            made = replace(made, purpose=Purpose(rule=retyping.rule)) if retyping.rule else made
            made = replace(made, clause=None) if retyping.before else made
            yield asking(made, self.typed().question(self.table)) if retyping.fallible else made
            yield from map(Statement, retyping.after)

    def alter_generated(self, before: "Column") -> tuple[Statement, ...]:
        if self.generated is None:
            return () if self._gets_type(before) else (self._alter_column("DROP EXPRESSION"),)
        return (asking(self._alter_column(f"SET EXPRESSION AS ({self.expression})", *REWRITES), *self._fillings(())),)

    def _fillings(self, parts: tuple[Sql, ...]) -> Iterator[Question]:
        """What rows that are there get in the column: a stored expression's value, or the default, a domain's too."""
        if self.generated == "s" or (self.generated == "v" and self.not_null):
            yield self.typed().filling(self.table, self.expression, computed=True, required=self.not_null)
        elif self.identity_kind and (most := self._identity().few_numbers()) is not None:
            problem = Problem.of(ProblemKind.TOO_MANY, most, self.name)
            yield Surplus(object=f"column {self.identity}", problem=problem, table=self.table, most=most, reads=())
        elif not (self.generated or self.identity_kind or SERIAL in parts or "." not in self.type):
            defaults = [Sql(part.removeprefix("DEFAULT ")) for part in parts if part.startswith("DEFAULT ")]
            yield self.typed().filling(self.table, defaults[0] if defaults else None, required=self.not_null)

    def alter_not_null(self, before: "Column") -> Iterator[Statement]:
        """NOT NULL comes and goes; since Postgres 18 it has a name, and rows may break it."""
        if not self.not_null:
            if self._stops_counting(before) and not self._gets_type(before):
                yield from changing(self._identity().change(before._identity()), "identity_kind")
            yield from before._not_null().drop()
        elif not before.not_null:
            yield from self._not_null().add()
        elif self.not_null_constraint and before.not_null_constraint:
            yield from self._not_null().change(before._not_null())

    def alter_identity(self, before: "Column") -> Iterator[Statement]:
        # An identity that ends went before the type that it cannot have and before the NOT NULL that it needs.
        if not (self._stops_counting(before) and (self._gets_type(before) or not self.not_null)):
            yield from self._identity().change(before._identity())

    def takes_over(self, before: "Column") -> Quoted | None:
        """The sequence that altering `before` into this column makes or drops, while its value goes on."""
        return self._identity().takes_over(before._identity())

    def draws_on(self, before: "Column") -> Quoted | None:
        """The sequence that must be there while `before` is altered into this column, however new or doomed it is."""
        return self._identity().draws_on(before._identity())

    def _definition(self, parts: tuple[Sql, ...]) -> Sql:
        if SERIAL in parts:
            return Sql(f"{self.name} {SERIALS[self.type]}{self._not_null().clause()}")
        typed = f"{self.type}{clause(self.foreign_options, f'column {self.identity}')}{self.typed().collate()}"
        words = f"{self.name} {'WITH OPTIONS' if self.of_type else typed}"
        if self.generated:
            words += f" GENERATED ALWAYS AS ({self.expression}) {'STORED' if self.generated == 's' else 'VIRTUAL'}"
        if self.identity_kind and not self.in_partition:
            words += f" {self._identity().clause()}"
        words += "".join(f" {part}" for part in parts)
        return Sql(words + (self._not_null().clause() if self.not_null else ""))

    def _stops_counting(self, before: "Column") -> bool:
        return before.identity_kind is not None and self.identity_kind is None

    def unlike_parents(self) -> Iterator[Statement]:
        if self.not_null_own:
            yield from self._not_null().require()
        yield from self._planner_settings()

    def remainder(self) -> Iterator[Statement]:
        """What neither CREATE TABLE nor ADD COLUMN can say on every version."""
        if self.storage != self.default_storage:
            yield from self.alter_storage(self)
        if self.compression:
            yield from self.alter_compression(self)
        yield from self._planner_settings()
        if self.identity_kind:
            yield from self._identity().remainder()
        if self.not_null:
            yield from self._not_null().remainder()

    @property
    def _foreign(self) -> bool:
        """Whether the values stand elsewhere: they are neither rewritten nor read."""
        return self.relation_kind == "foreign table"

    def typed(self) -> ColumnType:
        """The type, and how values come to be of it."""
        return ColumnType(
            name=self.name,
            type=self.type,
            collation=self.collation,
            using=self.using,
            text_form=self.text_form,
            of_labels=self.of_labels,
            holds_rows=self.holds_rows,
            plain=not (self._foreign or self.generated),
            foreign=self._foreign,
        )

    def _identity(self) -> IdentityColumn:
        alter = Sql(self._alter_column("").sql.rstrip())
        fed = (self.identity_kind, self.identity_options, self.serial, self.table_persistence)
        return IdentityColumn(alter, self.type, *fed)

    def _not_null(self) -> NotNull:
        altered = Quoted(f"{self.relation_kind.upper()} {self.table}")
        constraint, aside = self.not_null_constraint, self.not_null_aside
        return NotNull(altered, self.table, self.name, self.position, self.has_children, constraint, aside)
