"""What people wrote about an object with COMMENT ON."""

from schemadiff.catalog.declaring.fields import alters, key
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.statement import Statement


@kind("comment", catalog="pg_description")
class Comment(CatalogObject):
    """The comment on an object of any kind."""

    target_kind: str = key(words="kind of the object")
    target: Quoted = key()
    text: str = alters(tells=True)

    WORDS = Words(
        create="comment on {object}", drop="remove the comment on {object}", alter="change the comment on {object}"
    )
    SATELLITE = True
    QUERY = """
        SELECT classoid::regclass::text AS classid, objoid::int8 AS objid, objsubid, description
        FROM pg_catalog.pg_description
        WHERE (objoid >= 16384 OR (classoid = 'pg_catalog.pg_namespace'::regclass AND objoid >= 2200))
          AND (%(comments_on_extensions)s OR classoid <> 'pg_catalog.pg_extension'::regclass)
        UNION ALL
        SELECT 'pg_authid', objoid::int8, 0, description
        FROM pg_catalog.pg_shdescription
        WHERE classoid = 'pg_catalog.pg_authid'::regclass
    """

    def within(self) -> Identity:
        return Identity(self.target_kind, self.target)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (Statement(Sql(f"COMMENT ON {self.identity} IS {literal(self.text)}")),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"COMMENT ON {self.identity} IS NULL")),)

    def alter_text(self, before: "Comment") -> tuple[Statement, ...]:
        return self.create()
