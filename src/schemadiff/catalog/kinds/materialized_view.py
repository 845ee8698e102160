"""A materialized view; its indexes, and what its columns carry, are objects of their own."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.kinds.shared.bare_columns import with_bare_columns
from schemadiff.catalog.kinds.shared.bare_values import COMPARABLE, written
from schemadiff.catalog.kinds.shared.foreign_reads import foreign_reads_of
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.kinds.table import changed_options, written_options
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import SETS_VIEW_ACCESS_METHOD, Version


@kind("materialized view", catalog="pg_class")
class MaterializedView(CatalogObject):
    """A materialized view; whether it holds rows is data: no plan takes them away or refreshes them."""

    definition: Sql = replaces()
    access_method: Quoted | None = alters()
    tablespace: Quoted | None = alters()
    options: tuple[str, ...] = alters()
    text: Sql = carries()
    """The query as it stands in CREATE MATERIALIZED VIEW."""
    populated: bool = carries()
    foreign_reads: tuple[Quoted, ...] = carries()
    """Relations out of scope, and columns of such, that it reads."""
    server_version: int = carries()

    WORDS = Words(plural="materialized views")
    PLACE = Place("relnamespace", rows="relkind = 'm'")
    RARE = "pg_class WHERE relkind = 'm'"
    READ_BY = MappingProxyType({"definition": with_bare_columns})
    OWNED = True
    GRANTABLE = "r"

    @classmethod
    def query(cls, version: Version) -> str:
        """Materialized views and the version of the server that reads them."""
        return f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               {COMPARABLE.format("v.text")} AS definition, quote_ident(am.amname) AS access_method,
               (SELECT quote_ident(s.spcname) FROM pg_catalog.pg_tablespace AS s
                WHERE s.oid = c.reltablespace) AS tablespace,
               (SELECT coalesce(array_agg(o ORDER BY o), '{{}}')
                FROM (SELECT unnest(c.reloptions) AS o
                      UNION ALL SELECT 'toast.' || unnest(t.reloptions)) AS all_options) AS options,
               v.text, c.relispopulated AS populated,
               {foreign_reads_of("pg_rewrite", "r.oid")} AS foreign_reads, {version.known_to} AS server_version,
               quote_ident(pg_get_userbyid(c.relowner)) AS owner,
               coalesce(c.relacl, acldefault('r', c.relowner))::text[] AS acl
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = c.oid AND r.ev_type = '1'
        CROSS JOIN LATERAL (SELECT rtrim(pg_get_viewdef(c.oid), ';') AS text OFFSET 0) AS v
        LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid
        LEFT JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
        WHERE c.relkind = 'm' AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
        """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("relation", self.identity), ("type", self.identity))

    def filled_like(self, before: "MaterializedView") -> "MaterializedView":
        """Rows come back where there were some; pg_dump writes WITH NO DATA whether there were or not."""
        return replace(self, populated=self.populated or before.populated)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        columns, query = written(self.text)
        words = f"CREATE MATERIALIZED VIEW {self.identity}{columns}"
        if self.access_method not in (None, "heap"):
            words += f" USING {self.access_method}"
        if self.options:
            words += f" WITH ({', '.join(written_options(self.options))})"
        if self.tablespace is not None:
            words += f" TABLESPACE {self.tablespace}"
        words += f" AS\n{query}"
        if not self.populated:
            return (Statement(Sql(f"{words}\nWITH NO DATA")),)
        return (Statement(Sql(words), (Hazard.LONG_SCAN,)),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP MATERIALIZED VIEW {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def must_replace(self, before: "MaterializedView") -> bool:
        """The access method changes in place since Postgres 15."""
        return self.access_method != before.access_method and self.server_version < SETS_VIEW_ACCESS_METHOD

    def alter_access_method(self, before: "MaterializedView") -> tuple[Statement, ...]:
        words = f"SET ACCESS METHOD {self.access_method}"
        return (self._alter(words, Hazard.TABLE_REWRITE, Hazard.BLOCKS_READS),)

    def alter_tablespace(self, before: "MaterializedView") -> tuple[Statement, ...]:
        words = f"SET TABLESPACE {self.tablespace or 'pg_default'}"
        return (self._alter(words, Hazard.TABLE_REWRITE, Hazard.BLOCKS_READS),)

    def alter_options(self, before: "MaterializedView") -> Iterator[Statement]:
        for words in changed_options(before.options, self.options):
            yield self._alter(words)

    def _alter(self, action: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"ALTER MATERIALIZED VIEW {self.identity} {action}"), hazards)
