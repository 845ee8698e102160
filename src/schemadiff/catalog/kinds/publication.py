"""A publication; which tables and schemas it publishes are objects of their own."""

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.foreign_options import split
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Sql, literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import PUBLISHES_GENERATED, Version

GENERATED = "publish_generated_columns"


@kind("publication", catalog="pg_publication")
class Publication(CatalogObject):
    """A publication with its options."""

    all_tables: bool = replaces()
    options: tuple[str, ...] = alters()
    """`name=value`, those that differ from the usual."""

    REACHES_EVERYTHING = True
    PLACE = Place(owner="pubowner")
    NEWER = (Newer(PUBLISHES_GENERATED, GENERATED, lambda it: GENERATED in split(it.options)),)
    OWNED = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Publications of our roles, without those that the platform makes for itself."""
        generated = f"CASE WHEN p.pubgencols = 's' THEN '{GENERATED}=stored' END"
        return f"""
        SELECT p.oid::int8 AS objid, 0 AS objsubid, quote_ident(p.pubname) AS identity,
               p.puballtables AS all_tables,
               array_remove(ARRAY[
                 CASE WHEN NOT (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate)
                      THEN 'publish=' || concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
                                                   CASE WHEN p.pubupdate THEN 'update' END,
                                                   CASE WHEN p.pubdelete THEN 'delete' END,
                                                   CASE WHEN p.pubtruncate THEN 'truncate' END) END,
                 CASE WHEN p.pubviaroot THEN 'publish_via_partition_root=true' END,
                 {generated if version.has(PUBLISHES_GENERATED) else "NULL"}], NULL) AS options,
               quote_ident(pg_get_userbyid(p.pubowner)) AS owner
        FROM pg_catalog.pg_publication AS p
        WHERE pg_get_userbyid(p.pubowner) <> ALL(%(roles)s) AND p.pubname <> ALL(%(publications)s)
          AND {of_no_extension("pg_publication", "p.oid")}
        """

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = f"CREATE PUBLICATION {self.identity}"
        if self.all_tables:
            words += " FOR ALL TABLES"
        if self.options:
            words += f" WITH ({_written(split(self.options))})"
        return (Statement(Sql(words)),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP PUBLICATION {self.identity}"), (Hazard.BREAKS_CLIENTS, Hazard.SWITCHES_OFF)),)

    def alter_options(self, before: "Publication") -> tuple[Statement, ...]:
        old, new = split(before.options), split(self.options)
        changed = {name: new.get(name, USUAL[name]) for name in old | new if old.get(name) != new.get(name)}
        return (Statement(Sql(f"ALTER PUBLICATION {self.identity} SET ({_written(changed)})")),)


USUAL = {
    "publish": "insert, update, delete, truncate",
    "publish_via_partition_root": "false",
    GENERATED: "none",
}


def _written(options: dict[str, str]) -> str:
    return ", ".join(f"{name} = {literal(value)}" for name, value in options.items())
