"""What kinds say about rows that would make a statement fail, and the queries that list such rows.

A question is about the rows of one table. Its query shows the table's key and the values in question; it is
written for a search_path without any schema, as the server renders expressions.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import LONGEST_NAME, Quoted, Sql, quote_ident
from schemadiff.catalog.statements.problems import Problem, Reason

Key = tuple[Quoted, ...]
"""The columns that tell the rows of a table apart; without any, their place does."""

_PLACE = Quoted("ctid")
_NAME = re.compile(r'[a-z_][a-z0-9_$]*|"(?:[^"]|"")+"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which rows of `table` are in the way of a statement about `object`; `problem` follows a number of rows.

    `own_rows` leaves rows of children by INHERITS out. `reads` are the objects that the query leans on beside
    the table's columns as they are before the plan; None stands for all that `object` needs after it.
    """

    object: str
    problem: Problem
    table: Quoted
    own_rows: bool = False
    reads: tuple[Identity, ...] | None = None

    @property
    def tables(self) -> tuple[Quoted, ...]:
        """The tables whose rows are read."""
        return (self.table,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Question, ABC):
    """A question with a query."""

    @abstractmethod
    def query(self, key: Key, source: Sql) -> Sql:
        """What lists the rows; `source` is the table as FROM takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsWhere(Listing):
    """Rows for which `condition` is true; `columns` are shown beside the key."""

    condition: Sql
    columns: tuple[Quoted, ...] = ()

    def query(self, key: Key, source: Sql) -> Sql:
        where = "" if self.condition == "true" else f"\nWHERE {self.condition}"
        return Sql(f"SELECT {_listed((*(key or (_PLACE,)), *self.columns))}\nFROM {source}{where}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike(Listing):
    """Rows that have all of `values` in common with another row, among those that satisfy `predicate`."""

    values: tuple[Sql, ...]
    predicate: Sql | None = None
    nulls_distinct: bool = True

    def query(self, key: Key, source: Sql) -> Sql:
        shown = _listed((*(key or (_PLACE,)), *map(_name_of, self.values)))
        inner = _listed((*(key or (_PLACE,)), *map(_named, self.values)))
        conditions = [f"({self.predicate})"] if self.predicate else []
        if self.nulls_distinct:
            conditions += [f"{value} IS NOT NULL" for value in self.values]
        where = f"\n      WHERE {' AND '.join(conditions)}" if conditions else ""
        return Sql(
            f"SELECT {shown}\n"
            f'FROM (SELECT {inner}, count(*) OVER (PARTITION BY {", ".join(self.values)}) AS "rows alike"\n'
            f"      FROM {source}{where}) AS counted\n"
            'WHERE "rows alike" > 1'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans(Listing):
    """Rows whose `columns` point at no row of `target`; NULL in any of them points nowhere and is allowed.

    `operators` compare a column of `target_columns` with one of `columns`. With `full`, all or none must be
    NULL. With `period`, the last column is a range that the rows found by the others must cover together.
    """

    columns: tuple[Quoted, ...]
    target: Quoted
    target_source: Sql
    target_columns: tuple[Quoted, ...]
    operators: tuple[str, ...]
    full: bool = False
    period: bool = False

    @property
    def tables(self) -> tuple[Quoted, ...]:
        return (self.table, self.target)

    def query(self, key: Key, source: Sql) -> Sql:
        found = [
            f"target.{there} {operator} origin.{here}"
            for here, there, operator in zip(self.columns, self.target_columns, self.operators, strict=True)
        ]
        given = " AND ".join(f"origin.{column} IS NOT NULL" for column in self.columns)
        missing = f"NOT EXISTS (SELECT FROM {self.target_source} AS target WHERE {' AND '.join(found)})"
        if self.period:
            here, there = self.columns[-1], self.target_columns[-1]
            found[-1] = f"target.{there} && origin.{here}"
            held = f"SELECT pg_catalog.range_agg(target.{there}) FROM {self.target_source} AS target"
            missing = f"(origin.{here} <@ ({held} WHERE {' AND '.join(found)})) IS NOT TRUE"
        where = f"{given}\n  AND {missing}"
        if self.full and len(self.columns) > 1:
            some = " AND ".join(f"origin.{column} IS NULL" for column in self.columns)
            where = f"({given}\n  AND {missing})\n   OR NOT ({given}) AND NOT ({some})"
        shown = ", ".join(f"origin.{name}" for name in dict.fromkeys((*(key or (_PLACE,)), *self.columns)))
        return Sql(f"SELECT {shown}\nFROM {source} AS origin\nWHERE {where}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicts(Listing):
    """Rows that conflict with another one: each of `values` compares as true by its operator."""

    values: tuple[Sql, ...]
    operators: tuple[str, ...]
    predicate: Sql | None = None

    def query(self, key: Key, source: Sql) -> Sql:
        named = [f"{value} AS value_{number}" for number, value in enumerate(self.values, 1)]
        inner = ", ".join(
            ("tableoid AS part", "ctid AS place", *(f"{name} AS key_{name_}" for name_, name in _numbered(key)), *named)
        )
        where = f"\n               WHERE {self.predicate}" if self.predicate else ""
        both = " AND ".join(
            f"one.value_{number} {operator} other.value_{number}" for number, operator in enumerate(self.operators, 1)
        )
        shown = [f"one.key_{number} AS {name}" for number, name in _numbered(key)] or ["one.place AS ctid"]
        shown += [
            f"one.value_{number} AS {_name_of(value)}"
            for number, value in enumerate(self.values, 1)
            if _name_of(value) not in key
        ]
        return Sql(
            f"WITH item AS (SELECT {inner}\n               FROM {source}{where})\n"
            f"SELECT {', '.join(shown)}\nFROM item AS one\n"
            "WHERE EXISTS (SELECT FROM item AS other\n"
            f"              WHERE (other.part, other.place) <> (one.part, one.place) AND {both})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(Listing):
    """Rows for which `expression` cannot be computed: its query fails at the first of them."""

    expression: Sql

    def query(self, key: Key, source: Sql) -> Sql:
        return Sql(f"SELECT count({self.expression})\nFROM {source}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus(Listing):
    """Rows beyond the first `most`."""

    most: int

    def query(self, key: Key, source: Sql) -> Sql:
        return Sql(f"SELECT {_listed(key or (_PLACE,))}\nFROM {source}\nOFFSET {self.most}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainValues(Question):
    """Values of a domain, which `table` names, for which `condition` on VALUE is true, in every column."""

    condition: Sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion(Question):
    """Values of `column` that `using`, or else the cast, does not turn into one of `type`."""

    column: Quoted
    type: Sql
    using: Sql | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling(Question):
    """Rows in which `column` would get a value that is none of `type`: `value`, or what the type gives by itself.

    A `computed` value stands for the rows' own columns; with `required`, it must not be NULL.
    """

    column: Quoted
    type: Sql
    value: Sql | None = None
    computed: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked(Question):
    """Rows may be in the way, but no query can tell before."""

    why: Reason


def _numbered(names: Iterable[Quoted]) -> Iterable[tuple[int, Quoted]]:
    return enumerate(names, 1)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _name_of(value: Sql) -> Quoted:
    """What a value is called in the result: a column by its name, an expression by its words."""
    if _NAME.fullmatch(value):
        return Quoted(value)
    return quote_ident(value.encode()[:LONGEST_NAME].decode(errors="ignore"))


def _named(value: Sql) -> str:
    name = _name_of(value)
    return str(value) if str(name) == value else f"{value} AS {name}"
