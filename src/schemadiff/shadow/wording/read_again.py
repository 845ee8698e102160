"""How a server reads the text of an object that it, or another one, has printed: kind by kind.

What it prints of that once more is the same for texts that mean the same, which the first print need not be:
`'a'::text` in the second branch of a UNION comes back as `'a'::text AS text`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.default_gap import DefaultGap
from schemadiff.catalog.kinds.default_value import DefaultValue
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.domain_constraint import DomainConstraint
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.kinds.publication_relation import PublicationRelation
from schemadiff.catalog.kinds.rule import Rule
from schemadiff.catalog.kinds.shared.routine import Routine
from schemadiff.catalog.kinds.statistics_object import StatisticsObject
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.kinds.view import View
from schemadiff.catalog.sql import Sql, literal, qualifier

_NAME = "schemadiff_reads_again"

_COMPILED = re.compile(r"\bLANGUAGE (?:c|internal)\b", re.IGNORECASE)

_ROUTINE = re.compile(
    r'\A(CREATE OR REPLACE (?:FUNCTION|PROCEDURE)) (?:(?:"(?:[^"]|"")*"|[^".(]+)\.)?(?:"(?:[^"]|"")*"|[^".(]+)\('
)
"""How the server begins its print of a routine."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement with which a server reads texts, and the query by which it prints what it has read."""

    statement: Sql
    printed: Sql


@dataclass(frozen=True, slots=True)
class _Form:
    """The fields of a kind that are such texts, and how these are read; None where the words leave no choice."""

    fields: frozenset[str]
    reading: Callable[[Any], Reading | None]


def texts_of(kind: str) -> frozenset[str]:
    """The fields of a kind that servers may word differently."""
    return _FORMS[kind].fields if kind in _FORMS else frozenset()


def reading_of(built: CatalogObject) -> Reading | None:
    """How a server reads the object's texts, in a transaction that is rolled back."""
    form = _FORMS.get(built.KIND)
    return form.reading(built) if form else None


def _query(text: Sql) -> Reading:
    """A query as a view; nothing is computed."""
    statement = f"CREATE TEMPORARY VIEW {_NAME} AS\n{text}"
    return Reading(Sql(statement), Sql(f"SELECT pg_catalog.pg_get_viewdef('pg_temp.{_NAME}'::pg_catalog.regclass)"))


def _expressions(*texts: Sql | None, table: str | None = None) -> Reading:
    values = ", ".join(f"({text}) AS value{place}" for place, text in enumerate(texts) if text is not None)
    return _query(Sql(f"SELECT {values or 'NULL'}" + (f" FROM {table}" if table else "")))


def _index(index: Index) -> Reading:
    named = f"{qualifier(index.identity)}.{_NAME}"
    statement = index.definition.replace(f"INDEX {index.name} ON", f"INDEX {_NAME} ON", 1)
    return Reading(Sql(statement), Sql(f"SELECT pg_catalog.pg_get_indexdef({literal(named)}::pg_catalog.regclass)"))


def _constraint(constraint: Constraint) -> Reading | None:
    if constraint.type not in "cx":
        return None
    table = f"ALTER {constraint.relation_kind} {constraint.table}"
    valid = " NOT VALID" if constraint.type == "c" else ""
    return _checked(f"{table} ADD CONSTRAINT {_NAME} {constraint.definition}{valid}", "conrelid", constraint.table)


def _domain_constraint(constraint: DomainConstraint) -> Reading:
    statement = f"ALTER DOMAIN {constraint.domain} ADD CONSTRAINT {_NAME} {constraint.definition} NOT VALID"
    return _checked(statement, "contypid", constraint.domain)


def _checked(statement: str, column: str, of: str) -> Reading:
    kind = "regclass" if column == "conrelid" else "regtype"
    where = f"conname = '{_NAME}' AND {column} = {literal(of)}::pg_catalog.{kind}"
    printed = f"SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint WHERE {where}"
    return Reading(Sql(statement), Sql(printed))


def _routine(routine: Routine) -> Reading | None:
    """Only what the server does not keep as a string is worded by it; code in C would be loaded.

    Who reads it need not be the one that may replace it.
    """
    statement, found = _ROUTINE.subn(rf"\1 pg_temp.{_NAME}(", routine.definition, count=1)
    if _COMPILED.search(routine.definition) or not found:
        return None
    printed = f"SELECT pg_catalog.pg_get_functiondef(oid) FROM pg_catalog.pg_proc WHERE proname = '{_NAME}'"
    return Reading(Sql(statement), Sql(printed))


def _rule(rule: Rule) -> Reading:
    statement = rule.definition.replace(f"CREATE RULE {rule.name} AS", f"CREATE RULE {_NAME} AS", 1)
    where = f"rulename = '{_NAME}' AND ev_class = {literal(rule.table)}::pg_catalog.regclass"
    printed = f"SELECT pg_catalog.pg_get_ruledef(oid) FROM pg_catalog.pg_rewrite WHERE {where}"
    return Reading(Sql(statement), Sql(printed))


def _trigger(trigger: Trigger) -> Reading:
    statement = trigger.definition.replace(f" TRIGGER {trigger.name} ", f" TRIGGER {_NAME} ", 1)
    where = f"tgname = '{_NAME}' AND tgrelid = {literal(trigger.table)}::pg_catalog.regclass"
    printed = f"SELECT pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE {where}"
    return Reading(Sql(statement), Sql(printed))


def _policy(policy: Policy) -> Reading:
    return _expressions(policy.using, policy.with_check, table=policy.table)


def _statistics(statistics: StatisticsObject) -> Reading:
    statement = statistics.definition.replace(f" {statistics.identity} ", f" pg_temp.{_NAME} ", 1)
    where = f"stxname = '{_NAME}'"
    printed = f"SELECT pg_catalog.pg_get_statisticsobjdef(oid) FROM pg_catalog.pg_statistic_ext WHERE {where}"
    return Reading(Sql(statement), Sql(printed))


def _form(fields: str, reading: Callable[[Any], Reading | None]) -> _Form:
    return _Form(frozenset(fields.split()), reading)


_FORMS: Mapping[str, _Form] = {
    Column.KIND: _form("expression", lambda it: _expressions(it.expression, table=it.table)),
    Constraint.KIND: _form("definition", _constraint),
    DefaultGap.KIND: _form("expression", lambda it: _expressions(it.expression)),
    DefaultValue.KIND: _form("expression", lambda it: _expressions(it.expression)),
    Domain.KIND: _form("default", lambda it: _expressions(it.default)),
    DomainConstraint.KIND: _form("definition", _domain_constraint),
    Function.KIND: _form("definition", _routine),
    Index.KIND: _form("definition", _index),
    MaterializedView.KIND: _form("definition", lambda it: _query(it.text)),
    Policy.KIND: _form("using with_check", _policy),
    Procedure.KIND: _form("definition", _routine),
    PublicationRelation.KIND: _form("condition", lambda it: _expressions(it.condition, table=it.table)),
    Rule.KIND: _form("definition", _rule),
    StatisticsObject.KIND: _form("definition", _statistics),
    Trigger.KIND: _form("definition", _trigger),
    View.KIND: _form("definition", lambda it: _query(it.text)),
}
