"""A trigger on a table or view; its copies on partitions follow it."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import OF_A_TABLE
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.letters import FIRING
from schemadiff.catalog.kinds.shared.membership import neither_of_an_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement, changing

ENABLING = {"O": "ENABLE", "D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}
"""What ALTER says for pg_trigger.tgenabled, pg_rewrite.ev_enabled and pg_event_trigger.evtenabled."""

SILENT = ("D", "R")
"""States in which a trigger does not fire for sessions as they usually are."""


@kind("trigger", catalog="pg_trigger")
class Trigger(CatalogObject):
    """A trigger as the server prints it, and when it fires.

    Those on the platform's tables are ours where their function is.
    """

    definition: Sql = alters()
    enabled: str = alters(words="state", values=FIRING)
    name: Quoted = carries()
    table: Quoted = carries()
    relation_kind: str = carries()
    constraint: bool = carries()
    cloned: bool = carries()
    """Whether partitions have copies of the trigger."""
    on_update: bool = carries()
    """Whether an UPDATE fires it."""
    on_platform: bool = carries()
    """Whether the table is not in scope."""

    WORDS = replace(OF_A_TABLE, plural="triggers")
    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid,
               format('%%I ON %%I.%%I', t.tgname, n.nspname, c.relname) AS identity,
               pg_get_triggerdef(t.oid) AS definition, t.tgenabled::text AS enabled,
               quote_ident(t.tgname) AS name, format('%%I.%%I', n.nspname, c.relname) AS "table",
               CASE c.relkind WHEN 'v' THEN 'view' WHEN 'f' THEN 'foreign table' ELSE 'table' END
                 AS relation_kind,
               t.tgconstraint <> 0 AS "constraint", c.relkind = 'p' AND t.tgtype & 1 = 1 AS cloned,
               t.tgtype & 16 <> 0 AS on_update, NOT n.oid = ANY(%(schemas)s) AS on_platform
        FROM pg_catalog.pg_trigger AS t
        JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND t.tgparentid = 0
          AND (n.oid = ANY(%(schemas)s) OR (n.oid = ANY(%(foreign)s) AND p.pronamespace = ANY(%(schemas)s)))
          AND {neither_of_an_extension(("pg_class", "c.oid"), ("pg_trigger", "t.oid"))}
    """

    def within(self) -> Identity:
        return Identity(self.relation_kind, self.table)

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("trigger", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield Statement(self.definition)
        if self.enabled != "O":
            yield from changing([self._enable()], "enabled")

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP TRIGGER {self.identity}"), self._off(), apart=True),)

    def must_replace(self, before: "Trigger") -> bool:
        """Constraint triggers have no OR REPLACE, and copies on partitions do not come and go with it."""
        return self.definition != before.definition and (
            self.constraint or before.constraint or self.cloned != before.cloned
        )

    def alter_definition(self, before: "Trigger") -> Iterator[Statement]:
        """OR REPLACE also enables the trigger."""
        yield Statement(Sql(self.definition.replace("CREATE", "CREATE OR REPLACE", 1)))
        if self.enabled != "O":
            yield from changing([self._enable()], "enabled")

    def alter_enabled(self, before: "Trigger") -> Iterator[Statement]:
        if self.definition == before.definition:
            silenced = self.enabled in SILENT and before.enabled not in SILENT
            yield replace(self._enable(), hazards=self._off() if silenced else ())

    def _off(self) -> tuple[Hazard, ...]:
        return (Hazard.SWITCHES_OFF, *((Hazard.UNHOOKS_PLATFORM,) if self.on_platform else ()))

    def _enable(self) -> Statement:
        return Statement(Sql(f"ALTER TABLE {self.table} {ENABLING[self.enabled]} TRIGGER {self.name}"))
