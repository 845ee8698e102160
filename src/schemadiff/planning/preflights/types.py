"""Enums, domains with their constraints, and arrays of both: which values they do not take, as a condition."""

from dataclasses import dataclass

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.domain_constraint import DomainConstraint
from schemadiff.catalog.kinds.enum import EnumType
from schemadiff.catalog.kinds.type_conversion.kept_values import limited_string
from schemadiff.catalog.kinds.type_conversion.refused_values import NEVER, refused
from schemadiff.catalog.sql import Quoted, Sql, literal


@dataclass(frozen=True, slots=True)
class Types:
    """What becomes of values of `live` in the types of `desired`."""

    live: Catalog
    desired: Catalog

    def refused(self, value: str, before: Sql, after: Sql) -> Sql | None:
        """True for each value that cannot become `after`; None where only the cast can tell."""
        old = self.live.get(Identity(Domain.KIND, Quoted(before)))
        if isinstance(old, Domain) and not (before == after and self._same_domain(old)):
            return self.refused(value, old.type, after)
        element, array = Quoted(after.removesuffix("[]")), after.endswith("[]")
        enum = self.desired.get(Identity(EnumType.KIND, element))
        if isinstance(enum, EnumType):
            return self._no_label(value, before, enum, array)
        if (domain := self.domain(after)) is not None:
            return self.against_domain(value, before, domain)
        if array and (domain := self.domain(element)) is not None:
            return self._inside_arrays(value, before, domain)
        if array and limited_string(after):
            too_long = refused("held.value", Sql("text"), Sql(element), self.live.server_version)
            return Sql(f"EXISTS (SELECT FROM unnest({value}::text[]) AS held (value) WHERE {too_long})")
        if isinstance(self.live.get(Identity(EnumType.KIND, Quoted(before))), EnumType):
            value, before = f"{value}::text", Sql("text")
        return refused(value, before, after, self.live.server_version)

    def domain(self, type_: str) -> Domain | None:
        """The domain of that name."""
        domain = self.desired.get(Identity(Domain.KIND, Quoted(type_)))
        return domain if isinstance(domain, Domain) else None

    def against_domain(self, value: str, before: Sql, domain: Domain) -> Sql | None:
        """True for each value that the domain does not take."""
        inner = self.refused(value, before, domain.type)
        if inner is None:
            return None
        rules = [against(value, f"NOT ({check.expression})", domain.type) for check in self._checks(domain)]
        rules += [Sql(f"{value} IS NULL")] if domain.not_null else []
        if inner == NEVER:
            return Sql(" OR ".join(rules)) if rules else NEVER
        if not rules:
            return inner
        return Sql(f"CASE WHEN {inner} THEN true ELSE {' OR '.join(rules)} END")

    def read_by(self, type_: Sql) -> tuple[Identity, ...] | None:
        """What a condition leans on: nothing for an enum, whose labels it holds, and for a type of Postgres."""
        element = type_.removesuffix("[]")
        if (domain := self.domain(element)) is not None:
            needs = self.desired.dependencies.needs
            return tuple(sorted({other for check in self._checks(domain) for other in needs[check.id]} - {domain.id}))
        enum = Identity(EnumType.KIND, Quoted(element))
        return () if enum in self.desired or "." not in type_ else None

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

    def _inside_arrays(self, value: str, before: Sql, domain: Domain) -> Sql | None:
        """Arrays with an element that the domain does not take; what comes from elsewhere is only tried."""
        old = Quoted(before.removesuffix("[]"))
        if not before.endswith("[]") or (old == domain.identity and self._same_domain(domain)):
            return None if not before.endswith("[]") else NEVER
        base = self.live.get(Identity(Domain.KIND, old))
        wrong = self.against_domain("held.value", base.type if isinstance(base, Domain) else Sql(old), domain)
        if wrong is None or wrong == NEVER:
            return wrong
        return Sql(f"EXISTS (SELECT FROM unnest({value}) AS held (value) WHERE {wrong})")

    def _checks(self, domain: Domain) -> list[DomainConstraint]:
        users = sorted(self.desired.dependencies.needed_by.get(domain.id, set()))
        objects = [self.desired[user] for user in users if user in self.desired]
        return [check for check in objects if isinstance(check, DomainConstraint) and check.within() == domain.id]

    def _same_domain(self, old: Domain) -> bool:
        """Whether values of the domain are allowed by it afterwards too, without a look at them."""
        new = self.domain(old.identity)
        same = new is not None and (new.type, new.not_null) == (old.type, old.not_null)
        return new is not None and same and not self._checks(new)


def against(value: str, condition: str, type_: str | None = None) -> Sql:
    """`condition`, which speaks of VALUE as the check of a domain does, for `value`."""
    cast = f"::{type_}" if type_ else ""
    return Sql(f"(SELECT {condition} FROM (SELECT {value}{cast}) AS given (value))")
