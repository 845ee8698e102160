"""An index that is no constraint's."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.forms import Exchangeable
from schemadiff.catalog.declaring.inherited import Inherited
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.index.query import index_query
from schemadiff.catalog.kinds.table import changed_options
from schemadiff.catalog.sql import Quoted, Sql, beside
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.questions import Alike, Trial
from schemadiff.catalog.statements.statement import Phase, Statement, asking, changing
from schemadiff.catalog.versions import HAS_NULLS_NOT_DISTINCT, Version


@kind("index", catalog="pg_class")
class Index(Inherited, Exchangeable):
    """An index; one left invalid by an interrupted build differs from a valid one."""

    definition: Sql = replaces()
    """CREATE INDEX as the server prints it, without the storage options."""
    options: tuple[str, ...] = alters()
    valid: bool = replaces()
    whole: bool = alters(words="validity over all partitions")
    """Whether an index of every partition is attached to a partitioned one, which is invalid until then."""
    tablespace: Quoted | None = alters()
    statistics: tuple[str, ...] = alters(words="statistics target")
    """`column number=target` of expression columns."""
    text: Sql = carries()
    """CREATE INDEX as the server prints it."""
    name: Quoted = carries()
    schema: Quoted = carries()
    table: Quoted = carries()
    relation_kind: str = carries()
    partitioned: bool = carries()
    unique: bool = carries()
    method: Quoted = carries()
    partial: bool = carries()
    columns: tuple[Quoted | None, ...] = carries()
    """The key columns in their order, None for an expression."""
    inherits: Quoted | None = carries()
    keys: tuple[Sql, ...] = carries()
    """What a unique index keeps apart, and what one of expressions computes; empty for others."""
    predicate: Sql | None = carries()
    nulls_distinct: bool = carries()
    usual: bool = carries()
    """Whether Postgres gives the index its name when it builds it anew for a partition."""

    WORDS = Words(create="create index {name}[ on {holder}]", plural="indexes")
    NEWER = (Newer(HAS_NULLS_NOT_DISTINCT, "NULLS NOT DISTINCT", lambda it: not it.nulls_distinct),)
    NUMEROUS = True
    MOVES_WITH_TABLE = True
    SURVIVES_REBUILD = True
    GAINED = frozenset({"valid", "whole"})
    NOT_PASSED_ON = frozenset({"tablespace", "statistics", "options", "whole"})
    SHARED_WITH_CHILDREN = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Indexes of tables and materialized views."""
        return index_query(version)

    def within(self) -> Identity:
        return Identity(self.relation_kind, self.table)

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("relation", self.identity),)

    def made_with_parent(self) -> bool:
        return False

    def inherited_from(self) -> Identity | None:
        return Identity(self.KIND, self.inherits) if self.inherits else None

    def completed_by_children(self) -> bool:
        return self.partitioned

    def precedes(self) -> tuple[Identity, ...]:
        """A partition's index stands first, so that the partitioned index takes it in under its name."""
        return (Identity(self.KIND, self.inherits),) if self.inherits else ()

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """An index of the partitioned table alone reads no rows."""
        alone = self.partitioned and not self.whole
        hazards = () if alone else (Hazard.BLOCKS_WRITES, Hazard.LONG_SCAN)
        yield self._asking(Statement(self._definition(), hazards))
        yield from self._extras()

    def create_online(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """Built without blocking writes, which a partitioned index cannot be."""
        if self.partitioned:
            yield from self.create(parts)
            return
        yield self._concurrently(self._definition())
        yield from self._extras()

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP INDEX {self.identity}")),)

    def drop_online(self) -> tuple[Statement, ...]:
        if self.partitioned or self.inherits:
            return self.drop()
        return (Statement(Sql(f"DROP INDEX CONCURRENTLY {self.identity}"), phase=Phase.CONCURRENT),)

    def survives(self, *, released: bool, rebuilt: int) -> bool:
        """What an index computes from a value need not exist for the type that the value waits in.

        A partition's index is built anew as a copy of the parent's: name and settings of its own are lost.
        """
        return not released and ((self.usual and not self.options and not self.statistics) or not self.inherits)

    def rename(self, name: Quoted) -> Statement:
        return Statement(Sql(f"ALTER INDEX {self.identity} RENAME TO {name}"))

    def likeness(self) -> object:
        return (self.table, self.text.replace(f"INDEX {self.name} ON", "INDEX ON", 1), self.valid)

    def builds_beside(self) -> bool:
        """A partitioned index cannot be built so, and one of a partition goes with the whole."""
        return not self.partitioned and not self.inherits

    def exchange(self, dropping: Iterable[Statement]) -> Iterator[Statement]:
        """Queries and uniqueness are served all the time."""
        new = beside(self.name, "schemadiff")
        unnamed = self.text.replace(f"INDEX {self.name} ON", f"INDEX {new} ON", 1)
        yield replace(self._concurrently(unnamed), purpose=Purpose(StepOperation.BUILD_BESIDE))
        yield from (replace(statement, phase=Phase.FINISH) for statement in dropping)
        rename = Sql(f"ALTER INDEX {self.schema}.{new} RENAME TO {self.name}")
        yield Statement(rename, phase=Phase.FINISH, purpose=Purpose(StepOperation.TAKE_NAME, fields=()))
        yield from (replace(extra, phase=Phase.FINISH) for extra in self._extras())

    def alter_whole(self, before: "Index") -> tuple[Statement, ...]:
        """The last index of a partition that is attached makes it valid."""
        return ()

    def must_replace(self, before: "Index") -> bool:
        """A partitioned index has no storage of its own to set options of."""
        return self.partitioned and self.options != before.options

    def alter_options(self, before: "Index") -> Iterator[Statement]:
        for words in changed_options(before.options, self.options):
            yield Statement(Sql(f"ALTER INDEX {self.identity} {words}"))

    def alter_tablespace(self, before: "Index") -> tuple[Statement, ...]:
        return (Statement(Sql(f"ALTER INDEX {self.identity} SET TABLESPACE {self.tablespace or 'pg_default'}")),)

    def alter_statistics(self, before: "Index") -> Iterator[Statement]:
        old, new = (dict(s.split("=") for s in index.statistics) for index in (before, self))
        for column in sorted(old.keys() | new.keys(), key=int):
            if old.get(column) != new.get(column):
                target = new.get(column, "-1")
                yield Statement(Sql(f"ALTER INDEX {self.identity} ALTER COLUMN {column} SET STATISTICS {target}"))

    def _definition(self) -> Sql:
        # The server writes ON ONLY for every partitioned index; left out, existing indexes of the partitions join.
        whole = self.partitioned and self.whole
        return Sql(self.text.replace(" ON ONLY ", " ON ", 1)) if whole else self.text

    def _concurrently(self, definition: str) -> Statement:
        words = definition.replace("INDEX ", "INDEX CONCURRENTLY ", 1)
        return self._asking(Statement(Sql(words), (Hazard.LONG_SCAN,), Phase.CONCURRENT))

    def _asking(self, statement: Statement) -> Statement:
        """A unique index fails on rows that are alike, one of expressions on those for which they cannot be computed.

        An index of the partitioned table alone reads no rows.
        """
        if not self.keys or (self.partitioned and not self.whole):
            return statement
        if not self.unique:
            return asking(statement, self._trial())
        question = Alike(
            object=f"index {self.identity}",
            problem=Problem.of(ProblemKind.DUPLICATE, ", ".join(self.keys)),
            table=self.table,
            own_rows=not self.partitioned,
            values=self.keys,
            predicate=self.predicate,
            nulls_distinct=self.nulls_distinct,
        )
        return asking(statement, question)

    def _trial(self) -> Trial:
        computed = f"ROW({', '.join(self.keys)})"
        return Trial(
            object=f"index {self.identity}",
            problem=Problem(ProblemKind.NOT_COMPUTABLE),
            table=self.table,
            own_rows=not self.partitioned,
            expression=Sql(f"CASE WHEN {self.predicate} THEN {computed} END" if self.predicate else computed),
        )

    def _extras(self) -> Iterator[Statement]:
        if self.tablespace:
            yield from changing(self.alter_tablespace(self), "tablespace")
        for statistic in self.statistics:
            column, _, target = statistic.partition("=")
            made = Statement(Sql(f"ALTER INDEX {self.identity} ALTER COLUMN {column} SET STATISTICS {target}"))
            yield from changing([made], "statistics")
