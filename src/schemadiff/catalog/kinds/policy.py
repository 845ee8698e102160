"""A row-level security policy on a table."""

from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import OF_A_TABLE
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.foreign_reads import foreign_reads_of
from schemadiff.catalog.kinds.shared.membership import neither_of_an_extension
from schemadiff.catalog.scope import PLATFORM_TABLES_WITH_POLICIES
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("policy", catalog="pg_policy")
class Policy(CatalogObject):
    """A policy; those on the platform's tables that take them are ours, too."""

    permissive: bool = replaces()
    command: str = replaces()
    roles: tuple[Quoted, ...] = alters(by="alter_terms")
    using: Sql | None = alters(by="alter_terms", words="USING")
    with_check: Sql | None = alters(by="alter_terms", words="WITH CHECK")
    table: Quoted = carries()
    on_platform: bool = carries()
    """Whether the table is not in scope."""
    foreign_reads: tuple[Quoted, ...] = carries()
    """Relations out of scope, and columns of such, that its expressions read."""

    WORDS = replace(OF_A_TABLE, plural="policies")
    QUERY = f"""
        SELECT pol.oid::int8 AS objid, 0 AS objsubid,
               format('%%I ON %%I.%%I', pol.polname, n.nspname, c.relname) AS identity,
               pol.polpermissive AS permissive,
               CASE pol.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                               WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
               (SELECT array_agg(r.name ORDER BY r.name)
                FROM (SELECT CASE role WHEN 0 THEN 'PUBLIC'
                                  ELSE quote_ident(pg_get_userbyid(role)) END AS name
                      FROM unnest(pol.polroles) AS role) AS r) AS roles,
               pg_get_expr(pol.polqual, c.oid) AS "using", pg_get_expr(pol.polwithcheck, c.oid) AS with_check,
               format('%%I.%%I', n.nspname, c.relname) AS "table",
               NOT n.oid = ANY(%(schemas)s) AS on_platform,
               {foreign_reads_of("pg_policy", "pol.oid", but="c.oid")} AS foreign_reads
        FROM pg_catalog.pg_policy AS pol
        JOIN pg_catalog.pg_class AS c ON c.oid = pol.polrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE (n.oid = ANY(%(schemas)s)
               OR (n.oid = ANY(%(foreign)s)
                   AND (n.nspname, c.relname) IN {PLATFORM_TABLES_WITH_POLICIES}))
          AND {neither_of_an_extension(("pg_class", "c.oid"), ("pg_policy", "pol.oid"))}
    """

    def within(self) -> Identity:
        return Identity("table", self.table)

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("policy", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = f"CREATE POLICY {self.identity}"
        if not self.permissive:
            words += " AS RESTRICTIVE"
        words += f" FOR {self.command} TO {', '.join(self.roles)}{self._expressions()}"
        hazard = Hazard.WIDENS_ACCESS if self.permissive else Hazard.NARROWS_ACCESS
        return (Statement(Sql(words), (hazard,), apart=True),)

    def drop(self) -> tuple[Statement, ...]:
        hazard = Hazard.NARROWS_ACCESS if self.permissive else Hazard.WIDENS_ACCESS
        unhooks = (Hazard.UNHOOKS_PLATFORM,) if self.on_platform else ()
        return (Statement(Sql(f"DROP POLICY {self.identity}"), (hazard, *unhooks), apart=True),)

    def must_replace(self, before: "Policy") -> bool:
        """ALTER POLICY sets an expression and cannot take it away."""
        return (before.using is not None and self.using is None) or (
            before.with_check is not None and self.with_check is None
        )

    def alter_terms(self, before: "Policy") -> tuple[Statement, ...]:
        words = f"ALTER POLICY {self.identity}"
        if self.roles != before.roles:
            words += f" TO {', '.join(self.roles)}"
        using = self.using if self.using != before.using else None
        check = self.with_check if self.with_check != before.with_check else None
        return (Statement(Sql(words + _clauses(using, check)), self._shifts(before), apart=True),)

    def _expressions(self) -> str:
        return _clauses(self.using, self.with_check)

    def _shifts(self, before: "Policy") -> tuple[Hazard, ...]:
        if (self.using, self.with_check) != (before.using, before.with_check):
            return (Hazard.WIDENS_ACCESS, Hazard.NARROWS_ACCESS)
        more = "PUBLIC" in self.roles or not set(self.roles) <= set(before.roles)
        fewer = "PUBLIC" in before.roles or not set(before.roles) <= set(self.roles)
        widens, narrows = (more, fewer) if self.permissive else (fewer, more)
        hazards = ((Hazard.WIDENS_ACCESS, widens), (Hazard.NARROWS_ACCESS, narrows))
        return tuple(hazard for hazard, applies in hazards if applies)


def _clauses(using: Sql | None, with_check: Sql | None) -> str:
    words = f"\n    USING ({using})" if using is not None else ""
    return words + (f"\n    WITH CHECK ({with_check})" if with_check is not None else "")
