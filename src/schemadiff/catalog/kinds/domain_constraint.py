"""A check of a domain."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.forms import Online
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, StepNote, StepOperation
from schemadiff.catalog.statements.questions import DomainValues
from schemadiff.catalog.statements.statement import Phase, Statement, asking


@kind("domain constraint", catalog="pg_constraint", keyword="CONSTRAINT")
class DomainConstraint(Online):
    """A check on the values of a domain; NOT NULL belongs to the domain."""

    definition: Sql = replaces(tells=True)
    validated: bool = alters()
    name: Quoted = carries()
    domain: Quoted = carries()
    expression: Sql = carries()

    WORDS = Words(
        create="add constraint {part}[ to {whole}]",
        drop="drop constraint {part}[ from {whole}]",
        alter="alter constraint {part}[ of {whole}]",
        validate="validate constraint {part}[ of {whole}]",
        kind="constraint",
        plural="constraints",
        split=" ON DOMAIN ",
    )
    RARE = "pg_type WHERE typtype = 'd' AND oid >= 16384"
    QUERY = f"""
        SELECT k.oid::int8 AS objid, 0 AS objsubid,
               format('%%I ON DOMAIN %%I.%%I', k.conname, n.nspname, t.typname) AS identity,
               regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS definition,
               k.convalidated AS validated, quote_ident(k.conname) AS name,
               format('%%I.%%I', n.nspname, t.typname) AS domain, pg_get_expr(k.conbin, 0) AS expression
        FROM pg_catalog.pg_constraint AS k
        JOIN pg_catalog.pg_type AS t ON t.oid = k.contypid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        WHERE k.contype = 'c' AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_type", "t.oid")}
    """

    def within(self) -> Identity:
        return Identity("domain", self.domain)

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("constraint", self.identity),)

    def clause(self, parts: tuple[Sql, ...] = ()) -> Sql | None:
        return Sql(f"CONSTRAINT {self.name} {self.definition}") if self.validated else None

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        if not self.validated:
            return (self._add_not_valid(),)
        risks = (Hazard.BLOCKS_WRITES, Hazard.LONG_SCAN)
        return (self._asking(self._alter(f"ADD CONSTRAINT {self.name} {self.definition}", *risks)),)

    def create_online(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """Added NOT VALID, and validated once that has committed."""
        yield self._add_not_valid()
        if self.validated:
            yield self._validate()

    def drop(self) -> tuple[Statement, ...]:
        return (self._alter(f"DROP CONSTRAINT {self.name}"),)

    def rename(self, name: Quoted) -> Statement:
        return self._alter(f"RENAME CONSTRAINT {self.name} TO {name}")

    def likeness(self) -> object:
        return (self.domain, self.definition, self.validated)

    def must_replace(self, before: "DomainConstraint") -> bool:
        """Nothing turns NOT VALID again."""
        return before.validated and not self.validated

    def alter_validated(self, before: "DomainConstraint") -> tuple[Statement, ...]:
        return (self._validate(),)

    def _add_not_valid(self) -> Statement:
        made = self._alter(f"ADD CONSTRAINT {self.name} {self.definition} NOT VALID")
        return replace(made, purpose=Purpose(StepOperation.CREATE, note=StepNote.NOT_VALID))

    def _validate(self) -> Statement:
        made = self._alter(f"VALIDATE CONSTRAINT {self.name}", Hazard.LONG_SCAN)
        return self._asking(replace(made, phase=Phase.VALIDATE))

    def _asking(self, statement: Statement) -> Statement:
        question = DomainValues(
            object=f"domain {self.domain}",
            problem=Problem.of(ProblemKind.DOMAIN_CHECK, self.definition),
            table=self.domain,
            condition=Sql(f"NOT ({self.expression})"),
        )
        return asking(statement, question)

    def _alter(self, action: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"ALTER DOMAIN {self.domain} {action}"), hazards)
