"""A schema whose tables a publication publishes."""

from schemadiff.catalog.declaring.fields import carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import PUBLISHES_SCHEMAS, Version


@kind("publication namespace", catalog="pg_publication_namespace", keyword="PUBLICATION")
class PublicationNamespace(CatalogObject):
    """A schema's place in a publication; since Postgres 15."""

    publication: Quoted = carries()
    schema: Quoted = carries()

    WORDS = Words(
        create="add schema {part} to publication {whole}",
        drop="remove schema {part} from publication {whole}",
        split=" in publication ",
    )
    NAMED_AFTER_OTHERS = True
    QUERY = """
        SELECT m.oid::int8 AS objid, 0 AS objsubid,
               format('%%I in publication %%I', n.nspname, p.pubname) AS identity,
               quote_ident(p.pubname) AS publication, quote_ident(n.nspname) AS schema
        FROM pg_catalog.pg_publication_namespace AS m
        JOIN pg_catalog.pg_publication AS p ON p.oid = m.pnpubid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = m.pnnspid
        WHERE n.oid = ANY(%(schemas)s)
    """
    NONE = """
        SELECT 0::int8 AS objid, 0 AS objsubid, ''::text AS identity, ''::text AS publication,
               ''::text AS schema
        WHERE %(schemas)s::int8[] IS NULL
    """

    NEWER = (Newer(PUBLISHES_SCHEMAS, "tables in a schema", lambda part: True),)

    @classmethod
    def query(cls, version: Version) -> str:
        return cls.QUERY if version.has(PUBLISHES_SCHEMAS) else cls.NONE

    def within(self) -> Identity:
        return Identity("publication", self.publication)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._alter("ADD"),)

    def drop(self) -> tuple[Statement, ...]:
        return (self._alter("DROP", Hazard.SWITCHES_OFF),)

    def _alter(self, verb: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"ALTER PUBLICATION {self.publication} {verb} TABLES IN SCHEMA {self.schema}"), hazards)
