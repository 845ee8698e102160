"""A procedural language that no extension brought."""

from schemadiff.catalog.declaring.fields import alters
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("language", catalog="pg_language")
class Language(CatalogObject):
    """A procedural language."""

    trusted: bool = alters(by="alter_language")
    call: Quoted = alters(by="alter_language")
    inline: Quoted | None = alters(by="alter_language")
    validator: Quoted | None = alters(by="alter_language")

    PLACE = Place(owner="lanowner")
    OWNED = True
    GRANTABLE = "l"
    QUERY = f"""
        SELECT l.oid::int8 AS objid, 0 AS objsubid, quote_ident(l.lanname) AS identity,
               l.lanpltrusted AS trusted, l.lanplcallfoid::regproc::text AS call,
               nullif(l.laninline::regproc::text, '-') AS inline,
               nullif(l.lanvalidator::regproc::text, '-') AS validator,
               quote_ident(pg_get_userbyid(l.lanowner)) AS owner,
               coalesce(l.lanacl, acldefault('l', l.lanowner))::text[] AS acl
        FROM pg_catalog.pg_language AS l
        WHERE l.lanispl AND l.oid >= 16384
          AND {of_no_extension("pg_language", "l.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("language", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._statement("CREATE"),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP LANGUAGE {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def alter_language(self, before: "Language") -> tuple[Statement, ...]:
        return (self._statement("CREATE OR REPLACE"),)

    def _statement(self, verb: str) -> Statement:
        words = f"{verb} {'TRUSTED ' if self.trusted else ''}LANGUAGE {self.identity} HANDLER {self.call}"
        words += f" INLINE {self.inline}" if self.inline else ""
        words += f" VALIDATOR {self.validator}" if self.validator else ""
        return Statement(Sql(words))
