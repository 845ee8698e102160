"""Which values a column holds that its new type does not take, as a condition on live's rows."""

from dataclasses import dataclass

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.domain_constraint import DomainConstraint
from schemadiff.catalog.kinds.enum import EnumType
from schemadiff.catalog.kinds.type_conversion.builtin_casts import text_between
from schemadiff.catalog.kinds.type_conversion.kept_values import limited_string
from schemadiff.catalog.kinds.type_conversion.refused_values import NEVER, refused
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.questions import Conversion, Filling, Question, RowsWhere, Trial, Unasked

_INSIDE = "values inside of rows are not looked into"


@dataclass(frozen=True, slots=True)
class Conversions:
    """What becomes of values of `live` in the types of `desired`."""

    live: Catalog
    desired: Catalog

    def question(self, asked: Conversion) -> Question | None:
        """The question with a query; None where no value can be in the way."""
        identity = Identity(Column.KIND, Quoted(f"{asked.table}.{asked.column}"))
        before, after = self.live.get(identity), self.desired.get(identity)
        if not isinstance(before, Column) or not isinstance(after, Column):
            return None
        if after.holds_rows or before.holds_rows:
            return Unasked(object=asked.object, problem=asked.problem, table=asked.table, why=_INSIDE)
        value = f"({asked.using})" if asked.using is not None else asked.column
        source = Sql("text") if asked.using is not None and limited_string(asked.type) else before.type
        known = asked.using is None or limited_string(asked.type)
        condition = self._refused(value, source, asked.type) if known else None
        if condition == NEVER:
            return None
        if condition is None:
            form = None if asked.using is not None else after.typed().by_way_of(before.typed())
            by_way_of = f"::{form}" if form else ""
            words = Sql(f"{value}{by_way_of}::{asked.type}")
            problem = asked.problem
            if asked.using is None and text_between(before.type, asked.type):
                problem += " by way of its text, as there is no cast (say how with -- @using)"
            return Trial(object=asked.object, problem=problem, table=asked.table, expression=words)
        return RowsWhere(
            object=asked.object,
            problem=asked.problem,
            table=asked.table,
            reads=None if asked.using is not None else self._reads(asked.type),
            condition=condition,
            columns=(asked.column,),
        )

    def filled(self, asked: Filling) -> Question | None:
        """The question with a query; None where the column takes whatever it gets."""
        domain = self.desired.get(Identity(Domain.KIND, Quoted(asked.type)))
        given = asked.value or (isinstance(domain, Domain) and domain.default) or "NULL"
        value, condition = f"({given})", None
        if isinstance(domain, Domain):
            condition = self._against_domain(value, domain.type, domain)
        elif limited_string(asked.type):
            condition = self._refused(f"{value}::text", Sql("text"), asked.type)
        if not asked.computed and (condition is None or condition == NEVER):
            return None
        if condition == NEVER or (condition is None and asked.required):
            condition = Sql(f"{value}::{asked.type if domain is None else 'text'} IS NULL")
        elif condition is not None and asked.required:
            condition = Sql(f"{condition} OR {value} IS NULL")
        if condition is None:
            words = Sql(f"{value}::{asked.type}")
            return Trial(object=asked.object, problem=asked.problem, table=asked.table, expression=words)
        reads = None if asked.computed else self._reads(asked.type)
        return RowsWhere(
            object=asked.object, problem=asked.problem, table=asked.table, reads=reads, condition=condition
        )

    def _refused(self, value: str, before: Sql, after: Sql) -> Sql | None:
        """True for each value that cannot become `after`; None where only the cast can tell."""
        old = self.live.get(Identity(Domain.KIND, Quoted(before)))
        if isinstance(old, Domain) and not (before == after and self._same_domain(old)):
            return self._refused(value, old.type, after)
        element, array = Quoted(after.removesuffix("[]")), after.endswith("[]")
        enum = self.desired.get(Identity(EnumType.KIND, element))
        if isinstance(enum, EnumType):
            return self._no_label(value, before, enum, array)
        domain = self.desired.get(Identity(Domain.KIND, Quoted(after)))
        if isinstance(domain, Domain):
            return self._against_domain(value, before, domain)
        of_domain = self.desired.get(Identity(Domain.KIND, element)) if array else None
        if isinstance(of_domain, Domain):
            return self._inside_arrays(value, before, of_domain)
        if array and limited_string(after):
            too_long = refused("held.value", Sql("text"), Sql(element), self.live.server_version)
            return Sql(f"EXISTS (SELECT FROM unnest({value}::text[]) AS held (value) WHERE {too_long})")
        if isinstance(self.live.get(Identity(EnumType.KIND, Quoted(before))), EnumType):
            value, before = f"{value}::text", Sql("text")
        return refused(value, before, after, self.live.server_version)

    def _no_label(self, value: str, before: Sql, enum: EnumType, array: bool) -> Sql | None:
        old = self.live.get(Identity(EnumType.KIND, Quoted(before.removesuffix("[]"))))
        if before.endswith("[]") is not array:
            return None
        if isinstance(old, EnumType) and set(old.labels) <= set(enum.labels):
            return NEVER
        labels = f"ARRAY[{', '.join(map(literal, enum.labels))}]::text[]"
        if array:
            return Sql(f"EXISTS (SELECT FROM unnest({value}) AS held (value) WHERE held.value::text <> ALL ({labels}))")
        return Sql(f"{value}::text <> ALL ({labels})")

    def _against_domain(self, value: str, before: Sql, domain: Domain) -> Sql | None:
        inner = self._refused(value, before, domain.type)
        if inner is None:
            return None
        rules = [against(value, f"NOT ({check.expression})", domain.type) for check in self._checks(domain)]
        rules += [Sql(f"{value} IS NULL")] if domain.not_null else []
        if inner == NEVER:
            return Sql(" OR ".join(rules)) if rules else NEVER
        if not rules:
            return inner
        return Sql(f"CASE WHEN {inner} THEN true ELSE {' OR '.join(rules)} END")

    def _inside_arrays(self, value: str, before: Sql, domain: Domain) -> Sql | None:
        """Arrays with an element that the domain does not take; what comes from elsewhere is only tried."""
        old = Quoted(before.removesuffix("[]"))
        if not before.endswith("[]") or (old == domain.identity and self._same_domain(domain)):
            return None if not before.endswith("[]") else NEVER
        base = self.live.get(Identity(Domain.KIND, old))
        wrong = self._against_domain("held.value", base.type if isinstance(base, Domain) else Sql(old), domain)
        if wrong is None or wrong == NEVER:
            return wrong
        return Sql(f"EXISTS (SELECT FROM unnest({value}) AS held (value) WHERE {wrong})")

    def _checks(self, domain: Domain) -> list[DomainConstraint]:
        users = sorted(self.desired.dependencies.needed_by.get(domain.id, set()))
        found = [self.desired[user] for user in users if user in self.desired]
        return [check for check in found if isinstance(check, DomainConstraint) and check.within() == domain.id]

    def _same_domain(self, old: Domain) -> bool:
        """Whether values of the domain are allowed by it afterwards too, without a look at them."""
        new = self.desired.get(old.id)
        return (
            isinstance(new, Domain) and (new.type, new.not_null) == (old.type, old.not_null) and not self._checks(new)
        )

    def _reads(self, type_: Sql) -> tuple[Identity, ...] | None:
        """What the condition leans on: nothing for an enum, whose labels it holds, and for a type of Postgres."""
        domain = self.desired.get(Identity(Domain.KIND, Quoted(type_.removesuffix("[]"))))
        if isinstance(domain, Domain):
            needs = self.desired.dependencies.needs
            return tuple(sorted({other for check in self._checks(domain) for other in needs[check.id]} - {domain.id}))
        enum = Identity(EnumType.KIND, Quoted(type_.removesuffix("[]")))
        return () if enum in self.desired or "." not in type_ else None


def against(value: str, condition: str, type_: str | None = None) -> Sql:
    """`condition`, which speaks of VALUE as the check of a domain does, for `value`."""
    cast = f"::{type_}" if type_ else ""
    return Sql(f"(SELECT {condition} FROM (SELECT {value}{cast}) AS given (value))")
