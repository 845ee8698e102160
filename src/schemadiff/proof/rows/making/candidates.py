"""The values that a column of a table accepts, going by its type and the checks on it alone."""

from collections.abc import Sequence

import psycopg

from schemadiff.catalog.sql import Sql, last_name
from schemadiff.proof.rows.making.hinted_values import hinted, hinted_times
from schemadiff.proof.rows.making.values_by_type import Values
from schemadiff.proof.rows.shape import ColumnShape, Condition, Connection, Shape, TableShape

_MOST = 80
_CUT_TO_FIT = frozenset(
    ("varchar", "bpchar", "bit", "varbit", "time", "timetz", "timestamp", "timestamptz", "interval")
)
"""Types whose values a cast fits to the modifier."""


class Candidates:
    """Values to try by table and column, found when they are first asked for."""

    def __init__(self, connection: Connection, shape: Shape) -> None:
        self._connection, self._shape = connection, shape
        self._values = Values(shape)
        self._found: dict[tuple[int, int], list[Sql]] = {}

    def of(self, table: TableShape, column: ColumnShape) -> list[Sql]:
        """SQL expressions of the column's type that its type, and the checks on it alone, accept."""
        place = (table.oid, column.number)
        if place not in self._found:
            self._found[place] = self._find(table, column)
        return self._found[place]

    def _find(self, table: TableShape, column: ColumnShape) -> list[Sql]:
        conditions = [condition for condition in table.conditions if column.number in condition.columns]
        texts = [*(condition.expression for condition in conditions), *self._of_domains(column.type)]
        plain = self._values.plain(column.type)
        name = self._values.plain(plain.element).plain_name if plain.element else plain.plain_name
        extra = hinted(texts, name) if texts else []
        found = [*hinted_times(texts, name, column.type_name)] if not plain.element else []
        found = [*self._values.of(column.type, column.type_name, extra)[:_MOST], *found[:_MOST]]
        alone = [condition for condition in conditions if condition.columns == (column.number,)]
        doubtful = column.modified and plain.plain_name not in _CUT_TO_FIT
        if alone or doubtful or extra or not self._values.certain(column.type):
            found = self._accepted(found, table, column, alone)
        return found

    def _of_domains(self, oid: int) -> list[str]:
        kind = self._shape.types[oid]
        below = self._of_domains(kind.base) if kind.kind == "d" else []
        return [*kind.conditions, *below, *(self._of_domains(kind.element) if kind.element else ())]

    def _accepted(
        self, values: list[Sql], table: TableShape, column: ColumnShape, conditions: list[Condition]
    ) -> list[Sql]:
        holds = " AND ".join(f"({condition.expression})" for condition in conditions) or "true"
        alias = last_name(table.name)
        questions = [
            f"(SELECT coalesce({holds}, true) AND num_nulls({column.name}) >= 0"
            f" FROM (SELECT {value} AS {column.name} OFFSET 0) AS {alias})"
            for value in values
        ]
        answers = self._answers(questions)
        return [value for value, answer in zip(values, answers, strict=True) if answer]

    def _answers(self, questions: Sequence[str]) -> list[bool]:
        """Which conditions hold; one that raises an error does not, and is found by halving the list."""
        if not questions:
            return []
        try:
            row = self._connection.execute(f"SELECT ARRAY[{', '.join(questions)}]".encode()).fetchone()
        except psycopg.Error:
            if len(questions) == 1:
                return [False]
            middle = len(questions) // 2
            return [*self._answers(questions[:middle]), *self._answers(questions[middle:])]
        return list(row[0]) if row else []
