"""A view; its columns' comments, grants and defaults, its triggers and its rules are objects of their own."""

from collections.abc import Iterator
from types import MappingProxyType

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.kinds.shared.bare_columns import with_bare_columns
from schemadiff.catalog.kinds.shared.bare_values import COMPARABLE, written
from schemadiff.catalog.kinds.shared.foreign_options import sorted_options, split
from schemadiff.catalog.kinds.shared.foreign_reads import foreign_reads_of
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.kinds.table import changed_options, written_options
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import HAS_SECURITY_INVOKER

GUARDS = ("security_invoker", "security_barrier", "check_option")
"""Options with which a view lets through less."""


@kind("view", catalog="pg_class")
class View(CatalogObject):
    """A view, as the server prints its query."""

    definition: Sql = alters()
    columns: tuple[str, ...] = alters(by="alter_definition")
    """Name, type and collation of each column, in order."""
    options: tuple[str, ...] = alters()
    text: Sql = carries()
    """The query as it stands in CREATE VIEW."""
    foreign_reads: tuple[Quoted, ...] = carries()
    """Relations out of scope, and columns of such, that it reads."""
    writes: int = carries()
    """What can be written through it, as `pg_relation_is_updatable` tells."""

    WORDS = Words(plural="views")
    READ_BY = MappingProxyType({"definition": with_bare_columns})
    PLACE = Place("relnamespace", rows="relkind = 'v'")
    NEWER = (Newer(HAS_SECURITY_INVOKER, "security_invoker", lambda it: "security_invoker" in split(it.options)),)
    OWNED = True
    GRANTABLE = "r"
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               {COMPARABLE.format("v.text")} AS definition,
               (SELECT array_agg(format('%%I %%s', a.attname, format_type(a.atttypid, a.atttypmod))
                                 || CASE WHEN a.attcollation <> t.typcollation
                                         THEN (SELECT format(' COLLATE %%I.%%I', cn.nspname, co.collname)
                                               FROM pg_catalog.pg_collation AS co
                                               JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                                               WHERE co.oid = a.attcollation) ELSE '' END ORDER BY a.attnum)
                FROM pg_catalog.pg_attribute AS a
                JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
                WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
               {sorted_options("c.reloptions")} AS options,
               v.text, {foreign_reads_of("pg_rewrite", "r.oid")} AS foreign_reads,
               pg_relation_is_updatable(c.oid, true) AS writes, quote_ident(pg_get_userbyid(c.relowner)) AS owner,
               coalesce(c.relacl, acldefault('r', c.relowner))::text[] AS acl
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = c.oid AND r.ev_type = '1'
        CROSS JOIN LATERAL (SELECT rtrim(pg_get_viewdef(c.oid), ';') AS text OFFSET 0) AS v
        WHERE c.relkind = 'v' AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("relation", self.identity), ("type", self.identity))

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._create("CREATE VIEW"),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP VIEW {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def must_replace(self, before: "View") -> bool:
        """CREATE OR REPLACE VIEW takes new columns at the end and keeps those there are."""
        return self.columns[: len(before.columns)] != before.columns

    def alter_definition(self, before: "View") -> tuple[Statement, ...]:
        return (self._create("CREATE OR REPLACE VIEW", *self._shifts(before)),)

    def alter_options(self, before: "View") -> Iterator[Statement]:
        if (before.definition, before.columns) != (self.definition, self.columns):
            return  # CREATE OR REPLACE VIEW has set them all
        for words in changed_options(before.options, self.options):
            yield Statement(Sql(f"ALTER VIEW {self.identity} {words}"), self._shifts(before))

    def _create(self, verb: str, *hazards: Hazard) -> Statement:
        options = f" WITH ({', '.join(written_options(self.options))})" if self.options else ""
        columns, query = written(self.text)
        return Statement(Sql(f"{verb} {self.identity}{columns}{options} AS\n{query}"), hazards)

    def _shifts(self, before: "View") -> tuple[Hazard, ...]:
        had, has = before._guards(), self._guards()
        widens = (Hazard.WIDENS_ACCESS,) if had - has else ()
        return widens + ((Hazard.NARROWS_ACCESS,) if has - had else ())

    def _guards(self) -> set[str]:
        off = ("=false", "=off", "=no", "=0")
        return {option for option in self.options if option.startswith(GUARDS) and not option.endswith(off)}
