"""The index of a unique or primary key, built before the constraint takes it over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemadiff.catalog.kinds.table import written_options
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.questions import Question
from schemadiff.catalog.statements.statement import Phase, Statement, asking


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """What the constraint `name` of `table`, declared as `definition`, needs for its index; `suffix` follows all."""

    name: Quoted
    table: Quoted
    definition: Sql
    columns: tuple[Quoted, ...]
    options: tuple[str, ...]
    tablespace: Quoted | None
    suffix: str
    question: Question

    def exchange(self, name: Quoted, dropping: Iterator[Statement]) -> Iterator[Statement]:
        """Build the index as `name` without blocking writes; then, in one transaction, run `dropping` and take it."""
        words = f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {self.table} USING btree {self._described()}"
        words += f" WITH ({', '.join(written_options(self.options))})" if self.options else ""
        words += f" TABLESPACE {self.tablespace}" if self.tablespace else ""
        operation = StepOperation.BUILD_INDEX if name == self.name else StepOperation.BUILD_BESIDE
        build = Statement(Sql(words), (Hazard.LONG_SCAN,), Phase.CONCURRENT)
        yield replace(asking(build, self.question), purpose=Purpose(operation, fields=()))
        yield from (replace(statement, phase=Phase.FINISH) for statement in dropping)
        yield replace(self.take(name), phase=Phase.FINISH)

    def take(self, index: Quoted) -> Statement:
        """Make the constraint of an index that is there, which gets its name."""
        key = "PRIMARY KEY" if self.definition.startswith("PRIMARY KEY") else "UNIQUE"
        words = f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {key} USING INDEX {index}{self.suffix}"
        return Statement(Sql(words))

    def is_defined_as(self, definition: Sql, name: Quoted) -> bool:
        """Whether CREATE INDEX `name`, as the server prints it without storage options, makes such an index."""
        return definition == f"CREATE UNIQUE INDEX {name} ON {self.table} USING btree {self._described()}"

    def _described(self) -> str:
        keys = f"({', '.join(self.columns)})"
        words, _, rest = self.definition.partition(f" {keys}")
        return keys + rest + (" NULLS NOT DISTINCT" if words.endswith("NULLS NOT DISTINCT") else "")
