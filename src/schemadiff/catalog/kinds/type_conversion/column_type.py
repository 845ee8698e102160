"""How the values of a column come to be of another type."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.fingerprint import digest
from schemadiff.catalog.kinds.type_conversion.builtin_casts import has_cast, text_between
from schemadiff.catalog.kinds.type_conversion.kept_values import (
    is_string,
    keeps_values,
    limited_string,
    narrows,
    rewrites,
)
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.questions import Conversion, Filling

STORAGES = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
SERIALS = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
COMPRESSIONS = {"p": "pglz", "l": "lz4"}

REWRITES = (Hazard.TABLE_REWRITE, Hazard.BLOCKS_READS)
_FALLIBLE = (*REWRITES, Hazard.MAY_FAIL_ON_DATA)


@dataclass(frozen=True, slots=True)
class Retyping:
    """What ALTER COLUMN is told, and statements that must run right before and after."""

    action: str
    hazards: tuple[Hazard, ...] = ()
    before: tuple[Sql, ...] = ()
    after: tuple[Sql, ...] = ()
    rule: str = ""
    """What sets the hazards, where it is more than that the type changes."""

    @property
    def fallible(self) -> bool:
        """Whether there may be values that the type does not take."""
        return Hazard.MAY_FAIL_ON_DATA in self.hazards


@dataclass(frozen=True, slots=True)
class ColumnType:
    """The type of a column, and by which form its values can reach another one.

    A `plain` column keeps values of its own: it is neither generated nor a foreign table's.
    """

    name: Quoted
    type: Sql
    collation: Quoted | None
    using: Sql | None
    text_form: Sql | None
    of_labels: bool
    holds_rows: str | None
    plain: bool
    foreign: bool

    def collate(self) -> str:
        """The COLLATE clause, if the collation is not the type's own."""
        return f" COLLATE {self.collation}" if self.collation else ""

    def release(self) -> Iterator[Retyping]:
        """Values wait as text while their type is replaced; those of rows with the names of their attributes."""
        if self.foreign:
            yield Retyping("TYPE text")
        elif self.holds_rows:
            yield Retyping(f"TYPE text USING to_json({self.name})::text", REWRITES)
        else:
            text = self.text_form or "text"
            yield Retyping(f"TYPE {text} USING {self.name}::{text}", REWRITES)

    def restore(self) -> Iterator[Retyping]:
        """They come back from there; an annotation speaks of the text that they are meanwhile."""
        if self.using is not None and self.plain:
            yield self._from(self.using)
        elif self.foreign:
            yield Retyping(f"TYPE {self.type}{self.collate()}")
        elif self.holds_rows == "row":
            yield self._from(f"json_populate_record(NULL::{self.type}, {self.name}::json)")
        elif self.holds_rows == "inside":
            yield self._from_rows_inside()
        else:
            yield self._from(f"{self.name}::{self.text_form or 'text'}::{self.type}")

    def change(self, before: "ColumnType") -> Iterator[Retyping]:
        """Values of type `before` become values of this one."""
        words = f"TYPE {self.type}{self.collate()}"
        quick = self.using is None and not rewrites(before.type, self.type)
        if self.plain and self.using is not None:
            words += f" USING {self.using}"
        elif self.plain and self.type != before.type:
            words += self._cast(before)
        cut = self.plain and self.using is None and narrows(before.type, self.type)
        hazards = (Hazard.DATA_LOSS, *_FALLIBLE) if cut else _FALLIBLE
        yield Retyping(words, () if self.foreign or quick else hazards, rule="type_narrows" if cut else "")

    def by_way_of(self, before: "ColumnType") -> Sql | None:
        """The string type by which values of `before` become values of this one; None where a cast leads there."""
        form = self.text_form or before.text_form or text_between(before.type, self.type)
        return None if form in (before.type, self.type) else form

    def value_of(self, before: "ColumnType", value: str) -> Sql:
        """What `value`, of type `before`, becomes when it is assigned to a column of this type."""
        if self.using is not None or self.type == before.type:
            return self.using or Sql(value)
        return Sql(value + self._cast(before).removeprefix(f" USING {self.name}"))

    def there_and_back(self, before: "ColumnType") -> Sql | None:
        """What becomes of a value of `before` that turns into this type and back; None where it stays the same."""
        if not (self.plain and before.plain) or (self.using is None and self._keeps_values(before)):
            return None
        there = self.using or f"{self.name}{_way(self.by_way_of(before))}::{self.type}"
        return Sql(f"({there}){_way(before.by_way_of(self))}::{before.type}")

    def has_cast_from(self, before: "ColumnType") -> bool | None:
        """Whether Postgres turns values of `before` into this type, if only by their text; None if that is unknown."""
        return True if self.text_form or before.text_form else has_cast(before.type, self.type)

    def _keeps_values(self, before: "ColumnType") -> bool:
        """Whether each value comes back the same: a label is the string that it was."""
        return keeps_values(before.type, self.type) or (self.of_labels and is_string(before.type))

    def question(self, table: Quoted) -> Conversion:
        """Which values of a column of `table` do not become this type."""
        return Conversion(
            object=f"column {table}.{self.name}",
            problem=Problem.of(ProblemKind.CONVERSION, self.type),
            table=table,
            column=self.name,
            type=self.type,
            using=self.using,
        )

    def filling(self, table: Quoted, value: Sql | None, *, required: bool, computed: bool = False) -> Filling:
        """Which rows of `table` would get a value that the column does not take, where it is new or computed anew."""
        return Filling(
            object=f"column {table}.{self.name}",
            problem=Problem.of(ProblemKind.NEW_VALUE, self.name),
            table=table,
            column=self.name,
            type=self.type,
            value=value,
            computed=computed,
            required=required,
        )

    def _cast(self, before: "ColumnType") -> str:
        """USING with a cast; not to a string of limited length, which a cast would cut in silence."""
        by_way_of = self.by_way_of(before)
        if limited_string(self.type):
            array = "[]" if self.type.endswith("[]") else ""
            return "" if is_string(before.type) else f" USING {self.name}::text{array}"
        return f" USING {self.name}{_way(by_way_of)}::{self.type}"

    def _from(self, expression: str) -> Retyping:
        return Retyping(f"TYPE {self.type}{self.collate()} USING {expression}", _FALLIBLE)

    def _from_rows_inside(self) -> Retyping:
        """Postgres finds attributes by name only in a row, so the values are put into one for that."""
        row = f'pg_temp."schemadiff {digest((self.name, self.type))}"'
        values = f"json_build_object('held', {self.name}::json)"
        made = self._from(f"(json_populate_record(NULL::{row}, {values})).held")
        around = (Sql(f"CREATE TYPE {row} AS (held {self.type})"),), (Sql(f"DROP TYPE {row}"),)
        return Retyping(made.action, made.hazards, *around)


def _way(form: Sql | None) -> str:
    return f"::{form}" if form else ""


def has_odd_scale(type_: Sql) -> bool:
    """Whether a number has a scale that is negative, or above its precision."""
    limits = re.match(r"numeric\((\d+),(-?\d+)\)", type_)
    return limits is not None and not 0 <= int(limits[2]) <= int(limits[1])
