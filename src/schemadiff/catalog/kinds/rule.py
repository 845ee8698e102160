"""A rewrite rule on a table or view; the one that makes a view a view belongs to the view."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import OF_A_TABLE
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.letters import FIRING
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.kinds.trigger import ENABLING
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement, changing


@kind("rule", catalog="pg_rewrite")
class Rule(CatalogObject):
    """A rule as the server prints it, and when it fires."""

    definition: Sql = alters()
    enabled: str = alters(words="state", values=FIRING)
    name: Quoted = carries()
    table: Quoted = carries()
    relation_kind: str = carries()

    WORDS = replace(OF_A_TABLE, plural="rules")
    RARE = "pg_rewrite WHERE oid >= 16384 AND rulename <> '_RETURN'"
    QUERY = f"""
        SELECT r.oid::int8 AS objid, 0 AS objsubid,
               format('%%I ON %%I.%%I', r.rulename, n.nspname, c.relname) AS identity,
               rtrim(pg_get_ruledef(r.oid), ';') AS definition, r.ev_enabled::text AS enabled,
               quote_ident(r.rulename) AS name, format('%%I.%%I', n.nspname, c.relname) AS "table",
               CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS relation_kind
        FROM pg_catalog.pg_rewrite AS r
        JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE r.ev_type <> '1' AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
    """

    def within(self) -> Identity:
        return Identity(self.relation_kind, self.table)

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("rule", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield Statement(self.definition)
        if self.enabled != "O":
            yield from changing([self._enable()], "enabled")

    def alter_definition(self, before: "Rule") -> tuple[Statement, ...]:
        return (Statement(Sql(self.definition.replace("CREATE", "CREATE OR REPLACE", 1))),)

    def alter_enabled(self, before: "Rule") -> tuple[Statement, ...]:
        return (self._enable(),)

    def _enable(self) -> Statement:
        return Statement(Sql(f"ALTER TABLE {self.table} {ENABLING[self.enabled]} RULE {self.name}"))
