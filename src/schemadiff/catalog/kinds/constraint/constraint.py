"""A constraint of a table: primary key, unique, check, foreign key, exclusion."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.forms import Exchangeable
from schemadiff.catalog.declaring.inherited import Inherited
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.key_index import KeyIndex
from schemadiff.catalog.kinds.constraint.query import constraint_query
from schemadiff.catalog.kinds.constraint.rows import ConstraintRows
from schemadiff.catalog.kinds.table import changed_options, written_options
from schemadiff.catalog.sql import Quoted, Sql, beside, literal, qualifier
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepNote, StepOperation
from schemadiff.catalog.statements.questions import Question
from schemadiff.catalog.statements.statement import Clause, Phase, Statement, asking, changing
from schemadiff.catalog.versions import (
    DEFERS_PARTITIONED_CHECKS,
    EXCLUDES_ACROSS_PARTITIONS,
    HAS_NOT_ENFORCED,
    HAS_NULLS_NOT_DISTINCT,
    HAS_PERIODS,
    HAS_SET_NULL_COLUMNS,
    Version,
)

_NOT_VALID = Purpose(StepOperation.CREATE, note=StepNote.NOT_VALID)


@kind("table constraint", catalog="pg_constraint", keyword="CONSTRAINT")
class Constraint(Inherited, Exchangeable):
    """A constraint; NOT NULL belongs to its column."""

    definition: Sql = replaces(tells=True)
    enforced: bool = replaces()
    deferrable: str = alters()
    validated: bool = alters()
    options: tuple[str, ...] = alters()
    """Storage options of the constraint's index."""
    tablespace: Quoted | None = alters()
    index_comment: Sql | None = alters(words="comment of its index")
    whole: bool = alters(words="validity over all partitions")
    """Whether an index of every partition is attached to a partitioned table's key, which is invalid until then."""
    name: Quoted = carries()
    table: Quoted = carries()
    relation_kind: str = carries()
    partitioned: bool = carries()
    server_version: int = carries()
    type: str = carries()
    repeats: bool = carries()
    """Whether another key has the same columns: CREATE TABLE would silently keep one of them only."""
    local: bool = carries()
    in_partition: bool = carries()
    columns: tuple[Quoted, ...] = carries()
    keys: tuple[Sql, ...] = carries()
    """What the index of an exclusion compares, by `operators`; those of a foreign key compare columns."""
    operators: tuple[str, ...] | None = carries()
    expression: Sql | None = carries()
    """Of a check; or the condition on the rows that an exclusion is about."""
    no_inherit: bool = carries()
    target: Quoted | None = carries()
    target_partitioned: bool = carries()
    target_columns: tuple[Quoted, ...] | None = carries()
    period: bool = carries()
    match_full: bool = carries()
    usual: bool = carries()
    """Whether Postgres gives the index its name when it builds it anew for a partition."""
    inherits: Quoted | None = carries()
    on_delete: str | None = carries()
    """What a foreign key does to its rows when those that they point at are deleted: CASCADE, SET NULL, ..."""
    delete_set_columns: tuple[Quoted, ...] = carries()
    """The columns that ON DELETE SET changes, where these are not all."""
    nulls_distinct: bool = carries()

    WORDS = Words(
        create="add constraint {part}[ to {whole}]",
        drop="drop constraint {part}[ from {whole}]",
        alter="alter constraint {part}[ of {whole}]",
        validate="validate constraint {part}[ of {whole}]",
        kind="constraint",
        plural="constraints",
    )
    NEWER = (
        Newer(HAS_NULLS_NOT_DISTINCT, "NULLS NOT DISTINCT", lambda it: it.definition.startswith("UNIQUE NULLS NOT")),
        Newer(HAS_SET_NULL_COLUMNS, "columns of ON DELETE SET", lambda it: it.delete_set_columns),
        Newer(EXCLUDES_ACROSS_PARTITIONS, "EXCLUDE across partitions", lambda it: it.type == "x" and it.partitioned),
        Newer(HAS_NOT_ENFORCED, "NOT ENFORCED", lambda it: not it.enforced),
        Newer(HAS_PERIODS, "WITHOUT OVERLAPS or PERIOD", lambda it: it.period),
        Newer(
            DEFERS_PARTITIONED_CHECKS,
            "NOT VALID across partitions",
            lambda it: it.type == "f" and it.partitioned and not it.validated,
        ),
    )
    NUMEROUS = True
    SURVIVES_REBUILD = True
    GAINED = frozenset({"whole"})
    NOT_PASSED_ON = frozenset({"options", "tablespace", "index_comment", "whole"})
    SHARED_WITH_CHILDREN = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Constraints with their deferrability and validity apart from the definition."""
        return constraint_query(version)

    def moves_with_table(self) -> bool:
        """A foreign key would bind the table that it points at."""
        return self.type != "f"

    def within(self) -> Identity:
        return Identity(self.relation_kind, self.table)

    def made_with_parent(self) -> bool:
        mine = self.type in "pu" or (self.local and not self.in_partition)
        return self.inherits is not None and not mine

    def keeps_without_parent(self) -> bool:
        return self.type == "c" and not self.in_partition

    def needed_to_join(self) -> bool:
        return self.type == "c"

    def goes_with_parent(self) -> bool:
        return self.inherits is not None and (self.in_partition or not self.local)

    def inherited_from(self) -> Identity | None:
        return Identity(self.KIND, self.inherits) if self.inherits else None

    def claims(self) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = [("constraint", self.identity)]
        if self.type in "pux":
            found.append(("relation", self.index()))
        if self.type == "p":
            found.append(("primary key", self.table))
        return tuple(found)

    def binds_tables(self) -> bool:
        return self.type == "f"

    def completed_by_children(self) -> bool:
        return self.partitioned and self.type in "pux"

    def precedes(self) -> tuple[Identity, ...]:
        """A partition's key stands first, so that the parent's key takes it in under its name."""
        return (Identity(self.KIND, self.inherits),) if self.inherits and self.type in "pu" else ()

    def sort_key(self) -> tuple[object, ...]:
        return (self.table, "pucxf".index(self.type), self.name)

    def clause(self, parts: tuple[Sql, ...] = ()) -> Sql | None:
        if self.partitioned and not self.whole and self.type in "pux":
            return None
        if self.repeats or (not self.validated and self.enforced) or self.comes_with_parents():
            return None
        return Sql(f"CONSTRAINT {self.name} {self._body()}")

    def comes_with_parents(self) -> bool:
        """INHERITS brings the constraint; a partition must have its own before it is attached."""
        return not self.local and (not self.in_partition or self.rebuilt_by_joining())

    def rebuilt_by_joining(self) -> bool:
        """ATTACH PARTITION takes in keys and checks of the partition, but nothing that excludes."""
        return self.type == "x" and self.in_partition and self.inherits is not None and not self.local

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return () if self.comes_with_parents() else self._create()

    def _create(self) -> tuple[Statement, ...]:
        if self.partitioned and not self.whole and self.type in "pux":
            alone = Sql(f"ALTER TABLE ONLY {self.table} ADD CONSTRAINT {self.name} {self._body()}")
            return (Statement(alone), *self.remainder())
        invalid = " NOT VALID" if not self.validated else ""
        made = self._alter(f"ADD CONSTRAINT {self.name} {self._body()}{invalid}", *self._risks())
        made = made if self.validated else replace(made, purpose=_NOT_VALID)
        made = asking(made, self._question()) if made.hazards else made
        return (made, *self.remainder())

    def create_online(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """Checks and foreign keys are added NOT VALID, and validated once that has committed.

        Before 18, Postgres refuses that for a foreign key of a partitioned table. A key takes over an index.
        """
        if self.comes_with_parents() and not self.needed_to_join():
            return
        if self.builds_beside():
            yield from self._with_index(self.name, iter(()))
            return
        refused = self.type == "f" and self.partitioned and self.server_version < DEFERS_PARTITIONED_CHECKS
        if refused or self.type not in "cf" or not self.validated or not self.enforced:
            yield from self._create()
            return
        added = self._alter(f"ADD CONSTRAINT {self.name} {self._body()} NOT VALID")
        yield replace(added, guards=self.type == "c", purpose=_NOT_VALID)
        yield from self._validate()

    def builds_beside(self) -> bool:
        """Postgres takes no index for a key of a partitioned table, nor for one that excludes."""
        return self.type in "pu" and not self.partitioned and not self.period and not self.comes_with_parents()

    def exchange(self, dropping: Iterable[Statement]) -> Iterator[Statement]:
        yield from self._with_index(beside(self.name, "schemadiff"), iter(dropping))

    def _with_index(self, index: Quoted, dropping: Iterator[Statement]) -> Iterator[Statement]:
        yield from self.key_index().exchange(index, dropping)
        yield from (replace(further, phase=Phase.FINISH) for further in self.remainder())

    def key_index(self) -> KeyIndex:
        """The index that the key needs."""
        given = (self.name, self.table, self.definition, self.columns, self.options, self.tablespace)
        return KeyIndex(*given, self._suffix(), self._question())

    def drop(self) -> tuple[Statement, ...]:
        return (self._alter(f"DROP CONSTRAINT {self.name}"),)

    def drop_only(self) -> tuple[Statement, ...]:
        made = f"ALTER {self.relation_kind.upper()} ONLY {self.table} DROP CONSTRAINT {self.name}"
        return (Statement(Sql(made)),)

    def survives(self, *, released: bool, rebuilt: int) -> bool:
        """A foreign key compares two columns, which must go together all the time.

        A partition's key is built anew as a copy of the parent's: name and settings of its own are lost.
        """
        kept = (self.usual and not self.options and self.index_comment is None) or not self.inherits
        return not released and kept and (self.type != "f" or rebuilt < 2)

    def rename(self, name: Quoted) -> Statement:
        return self._alter(f"RENAME CONSTRAINT {self.name} TO {name}")

    def replace_online(self, before: "Constraint") -> tuple[Statement, ...] | None:
        """A partition's copy of a foreign key has its own name."""
        if self.name == before.name:
            return None
        named = RawChange("name", before.name, self.name)
        return (replace(before.rename(self.name), purpose=Purpose(StepOperation.RENAME, fields=(), changes=(named,))),)

    def likeness(self) -> object:
        return (self.table, self.definition, self.enforced, self.deferrable, self.validated, self.options)

    def must_replace(self, before: "Constraint") -> bool:
        """Only foreign keys change their deferrability in place, and nothing turns NOT VALID again."""
        if self.partitioned and self.options != before.options:
            return True
        return (self.deferrable != before.deferrable and self.type != "f") or (before.validated and not self.validated)

    def alter_deferrable(self, before: "Constraint") -> tuple[Statement, ...]:
        return (self._alter(f"ALTER CONSTRAINT {self.name} {self.deferrable}"),)

    def alter_validated(self, before: "Constraint") -> Iterator[Statement]:
        yield from self._validate()

    def _validate(self) -> Iterator[Statement]:
        table, action = f"ALTER {self.relation_kind.upper()} {self.table}", f"VALIDATE CONSTRAINT {self.name}"
        clause = Clause(Sql(table), Sql(action), self.name)
        made = Statement(clause.whole, (Hazard.LONG_SCAN,), clause=clause if self.type == "c" else None)
        yield replace(asking(made, self._question()), phase=Phase.VALIDATE)

    def remainder(self) -> Iterator[Statement]:
        """The storage of what excludes, whose condition stands behind the place for it; a comment on the index."""
        if self.type == "x":
            yield from changing(map(self._alter_index, changed_options((), self.options)), "options")
        if self.type == "x" and self.tablespace is not None:
            yield from changing(self.alter_tablespace(self), "tablespace")
        if self.index_comment is not None:
            yield from changing(self.alter_index_comment(self), "index_comment")

    def alter_index_comment(self, before: "Constraint") -> tuple[Statement, ...]:
        text = "NULL" if self.index_comment is None else literal(self.index_comment)
        return (Statement(Sql(f"COMMENT ON INDEX {self.index()} IS {text}")),)

    def alter_whole(self, before: "Constraint") -> tuple[Statement, ...]:
        """The last index of a partition that is attached makes the key valid."""
        return ()

    def alter_options(self, before: "Constraint") -> Iterator[Statement]:
        for words in changed_options(before.options, self.options):
            yield self._alter_index(words)

    def alter_tablespace(self, before: "Constraint") -> tuple[Statement, ...]:
        return (self._alter_index(f"SET TABLESPACE {self.tablespace or 'pg_default'}"),)

    def _alter_index(self, action: str) -> Statement:
        return Statement(Sql(f"ALTER INDEX {self.index()} {action}"))

    def index(self) -> str:
        """The index that enforces a key or an exclusion."""
        return f"{qualifier(self.table)}.{self.name}"

    def _body(self) -> str:
        words = str(self.definition)
        if self.type in "pu":
            words += f" WITH ({', '.join(written_options(self.options))})" if self.options else ""
            words += f" USING INDEX TABLESPACE {self.tablespace}" if self.tablespace else ""
        return words + self._suffix()

    def _suffix(self) -> str:
        deferrable = "" if self.deferrable == "NOT DEFERRABLE" else f" {self.deferrable}"
        return deferrable + ("" if self.enforced else " NOT ENFORCED")

    def _question(self) -> Question:
        compared = (self.columns, self.keys, self.operators or (), self.expression, self.no_inherit)
        points_at = (self.target, self.target_partitioned, self.target_columns or ())
        named = (self.name, self.table, self.type, self.definition, self.partitioned)
        rows = ConstraintRows(*named, *compared, *points_at, self.period, self.match_full, self.nulls_distinct)
        return rows.question()

    def _risks(self) -> tuple[Hazard, ...]:
        if not self.validated or not self.enforced:
            return ()
        strongest = Hazard.BLOCKS_WRITES if self.type == "f" else Hazard.BLOCKS_READS
        return (strongest, Hazard.LONG_SCAN)

    def _alter(self, action: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"ALTER {self.relation_kind.upper()} {self.table} {action}"), hazards)
