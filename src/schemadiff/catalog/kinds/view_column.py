"""A column of a view or materialized view: what comments, grants and defaults hang on."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.letters import COMPRESSION, USUAL_TARGET
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.kinds.table import changed_options
from schemadiff.catalog.kinds.type_conversion.column_type import COMPRESSIONS, STORAGES
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement, changing


@kind("view column", catalog="pg_class", keyword="COLUMN")
class ViewColumn(CatalogObject):
    """A column that comes and goes with its view; one of a materialized view stores values."""

    storage: str | None = alters(values=STORAGES)
    """None in a view and where it is the type's own."""
    compression: str = alters(values=COMPRESSION)
    statistics: int = alters(words="statistics target", values=USUAL_TARGET)
    options: tuple[str, ...] = alters()
    name: Quoted = carries()
    view: Quoted = carries()
    relation_kind: str = carries()
    default_storage: str = carries()

    WORDS = Words(kind="column")
    GRANTABLE = "c"
    QUERY = f"""
        SELECT c.oid::int8 AS objid, a.attnum::int4 AS objsubid,
               format('%%I.%%I.%%I', n.nspname, c.relname, a.attname) AS identity,
               CASE WHEN c.relkind = 'm' AND a.attstorage <> t.typstorage THEN a.attstorage::text END
                 AS storage,
               a.attcompression::text AS compression, coalesce(a.attstattarget, -1)::int4 AS statistics,
               CASE WHEN a.attoptions IS NULL THEN '{{}}' ELSE
                 (SELECT coalesce(array_agg(o ORDER BY o), '{{}}') FROM unnest(a.attoptions) AS o) END AS options,
               quote_ident(a.attname) AS name, format('%%I.%%I', n.nspname, c.relname) AS "view",
               CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS relation_kind,
               t.typstorage::text AS default_storage, coalesce(a.attacl, '{{}}')::text[] AS acl
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
        WHERE c.relkind IN ('v', 'm') AND a.attnum > 0 AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
    """

    def within(self) -> Identity:
        return Identity(self.relation_kind, self.view)

    def rename(self, name: Quoted) -> Statement:
        words = f"ALTER {self.relation_kind.upper()} {self.view} RENAME COLUMN {self.name} TO {name}"
        return Statement(Sql(words), (Hazard.BREAKS_CLIENTS,))

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """The column stands with its view; only what departs from the usual is said."""
        if self.storage is not None:
            yield from changing(self.alter_storage(self), "storage")
        if self.compression:
            yield from changing(self.alter_compression(self), "compression")
        if self.statistics >= 0:
            yield from changing(self.alter_statistics(self), "statistics")
        options = map(self._alter, changed_options((), self.options))
        yield from changing(options, "options")

    def drop(self) -> tuple[Statement, ...]:
        """The column goes with its view."""
        return ()

    def alter_storage(self, before: "ViewColumn") -> tuple[Statement, ...]:
        return (self._alter(f"SET STORAGE {STORAGES[self.storage or self.default_storage]}"),)

    def alter_compression(self, before: "ViewColumn") -> tuple[Statement, ...]:
        return (self._alter(f"SET COMPRESSION {COMPRESSIONS.get(self.compression, 'default')}"),)

    def alter_statistics(self, before: "ViewColumn") -> tuple[Statement, ...]:
        return (self._alter(f"SET STATISTICS {self.statistics}"),)

    def alter_options(self, before: "ViewColumn") -> Iterator[Statement]:
        for words in changed_options(before.options, self.options):
            yield self._alter(words)

    def _alter(self, action: str) -> Statement:
        words = f"ALTER {self.relation_kind.upper()} {self.view} ALTER COLUMN {self.name} {action}"
        return Statement(Sql(words))
