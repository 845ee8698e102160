"""Objects that desired files declare twice, also where IF NOT EXISTS or OR REPLACE would hide it."""

from typing import cast

import psycopg
from psycopg import errors

from schemadiff.catalog.scope import SUPABASE_PUBLICATIONS
from schemadiff.desired.loading.desired_session import DesiredSession, Report
from schemadiff.desired.reading.declared import Declared
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.parse_tree import Tree, listed, strings
from schemadiff.errors import DesiredError

_DUPLICATES = frozenset(
    error.sqlstate
    for error in (
        errors.DuplicateTable,
        errors.DuplicateObject,
        errors.DuplicateFunction,
        errors.DuplicateSchema,
        errors.DuplicateColumn,
        errors.UniqueViolation,
    )
)
"""Of errors, and of notices where IF NOT EXISTS hides them."""

_OF_ROWS = frozenset({"InsertStmt", "SelectStmt"})
"""Declare rows of the platform's tables, where a second one may change the first, or pass in silence."""

_SHARED = frozenset({"CreateSchemaStmt", "CreateExtensionStmt"})
"""May be in several files, and on the platform, with IF NOT EXISTS: they have no definition to differ in."""

_NAMESPACES = (
    frozenset(
        {"table", "foreign table", "view", "materialized view", "index", "sequence"}
        | {"composite type", "enum", "domain", "range type", "type"}
    ),
    frozenset({"function", "procedure", "aggregate"}),
)
"""Kinds that share their names within a schema; objects of other kinds meet only their own kind."""


def _begins_a_platform_publication(statement: DesiredStatement) -> bool:
    """Whether a statement creates an empty publication that the platform has, and users make anew to empty it."""
    filled = {"for_all_tables", "pubobjects", "options"} & statement.tree.keys()
    return (
        statement.tag == "CreatePublicationStmt"
        and statement.tree.get("pubname") in SUPABASE_PUBLICATIONS
        and not filled
    )


class Duplicates:
    """Remembers what has been loaded, so that a second declaration can name the first."""

    def __init__(self) -> None:
        self._loaded: dict[str, list[DesiredStatement]] = {}

    def text(self, statement: DesiredStatement) -> str:
        """The statement as it is run first: without OR REPLACE, so that the server reports a duplicate."""
        if statement.or_replace is None:
            return statement.sql
        start, end = statement.or_replace
        return statement.sql[:start] + " " * (end - start) + statement.sql[end:]

    def is_duplicate(self, error: psycopg.Error) -> bool:
        """Whether the server says that an object exists already."""
        return error.sqlstate in _DUPLICATES

    def settle(
        self, session: DesiredSession, statement: DesiredStatement, error: psycopg.Error
    ) -> psycopg.Error | None:
        """What to do about a duplicate: run OR REPLACE as written, ignore it, or raise DesiredError."""
        first = self._first(statement)
        if first is None and statement.declares is not None and str(statement.declares) == "schema public":
            return None
        if first is None and _begins_a_platform_publication(statement):
            return None
        if statement.or_replace is not None:
            if first is not None and first.sql == statement.sql:
                return None
            # pg_dump writes a view twice where views depend on each other: a plain one first, then OR REPLACE
            if first is None or (first.source is statement.source and first.or_replace is None):
                return session.run(statement, statement.sql)
        raise self._twice(statement, first, Report.of(error.diag))

    def loaded(self, statement: DesiredStatement, notices: list[Report]) -> None:
        """Remember a statement; DesiredError if the server skipped an object that exists already."""
        if statement.tag not in _SHARED and statement.tag != "DoStmt":
            for notice in notices:
                if notice.sqlstate in _DUPLICATES:
                    raise self._twice(statement, self._first(statement), notice)
        if statement.tag in _OF_ROWS and (first := self._first(statement)) is not None:
            raise statement.source.error(
                statement.offset,
                f"{statement.declares} is declared a second time",
                f"the first time is {first.position}; keep one of them",
            )
        if statement.declares is not None:
            self._loaded.setdefault(statement.declares.name, []).append(statement)

    def _first(self, statement: DesiredStatement) -> DesiredStatement | None:
        """The loaded statement that declares the same object, going by names."""
        object = statement.declares
        if object is None:
            return None
        same = [
            other
            for other in self._loaded.get(object.name, [])
            if other.declares is not None and _may_be_same(other.declares, object)
        ]
        exact = [other for other in same if _arguments(other) == _arguments(statement)]
        candidates = exact or same
        return candidates[-1] if candidates else None

    def _twice(self, statement: DesiredStatement, first: DesiredStatement | None, report: Report) -> DesiredError:
        offset = statement.offset + report.position - 1
        hidden = report.severity == "NOTICE"
        reason = "; IF NOT EXISTS would hide that the two differ" if hidden else ""
        if first is not None:
            return statement.source.error(
                offset,
                f"{statement.declares} is declared a second time{reason}",
                f"the first time is {first.position}; keep one of them",
            )
        message = report.message.removesuffix(", skipping")
        if statement.tag in _SHARED:
            return statement.source.error(offset, message, "write CREATE ... IF NOT EXISTS")
        return statement.source.error(
            offset,
            message + reason,
            "another statement creates it, or the platform or an extension has it; declare it once",
        )


def _may_be_same(first: Declared, second: Declared) -> bool:
    if first.schema and second.schema and first.schema != second.schema:
        return False
    for kinds in _NAMESPACES:
        if first.kind in kinds and second.kind in kinds:
            return True
    return first.kind == second.kind and first.relation == second.relation


def _arguments(statement: DesiredStatement) -> list[str]:
    """The argument types of a function as they are written, by which overloads differ."""
    parameters = listed(statement.tree, "parameters")
    types = [cast(Tree, parameter["FunctionParameter"]["argType"]) for parameter in parameters]
    return [f"{strings(type.get('names'))} {type.get('arrayBounds')}" for type in types]
