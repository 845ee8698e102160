"""A collation."""

from schemadiff.catalog.declaring.fields import replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Sql, literal
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import (
    HAS_BUILTIN_LOCALES,
    HAS_COLLATION_RULES,
    HAS_ICU_LOCALE,
    HAS_LOCALE_OF_ANY_PROVIDER,
    Version,
)

PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}


@kind("collation", catalog="pg_collation")
class Collation(CatalogObject):
    """A collation; the version of the library behind it is no part of it."""

    provider: str = replaces(values={"c": "libc", "i": "icu", "b": "builtin", "d": "default"})
    deterministic: bool = replaces()
    locale: str | None = replaces()
    collate: str | None = replaces(words="LC_COLLATE")
    ctype: str | None = replaces(words="LC_CTYPE")
    rules: str | None = replaces()

    PLACE = Place("collnamespace")
    RARE = "pg_collation WHERE oid >= 16384"
    NEWER = (
        Newer(HAS_COLLATION_RULES, "RULES", lambda it: it.rules is not None),
        Newer(HAS_BUILTIN_LOCALES, "the provider builtin", lambda it: it.provider == "b"),
    )
    OWNED = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Collations; the locale of ICU has had three columns, rules exist since Postgres 16."""
        locale = "c.colliculocale" if version.has(HAS_ICU_LOCALE) else "c.collcollate::text"
        locale = f"CASE c.collprovider WHEN 'i' THEN {locale} END"
        locale = "c.colllocale" if version.has(HAS_LOCALE_OF_ANY_PROVIDER) else locale
        rules = "c.collicurules" if version.has(HAS_COLLATION_RULES) else "NULL::text"
        return f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.collname) AS identity,
               c.collprovider::text AS provider, c.collisdeterministic AS deterministic, {locale} AS locale,
               CASE c.collprovider WHEN 'c' THEN c.collcollate::text END AS "collate",
               CASE c.collprovider WHEN 'c' THEN c.collctype::text END AS ctype, {rules} AS rules,
               quote_ident(pg_get_userbyid(c.collowner)) AS owner
        FROM pg_catalog.pg_collation AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_collation", "c.oid")}
        """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("collation", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        named = {
            "LOCALE": self.locale,
            "LC_COLLATE": self.collate,
            "LC_CTYPE": self.ctype,
            "RULES": self.rules,
        }
        clauses = [f"PROVIDER = {PROVIDERS[self.provider]}"]
        clauses += [f"{name} = {literal(value)}" for name, value in named.items() if value is not None]
        clauses += [] if self.deterministic else ["DETERMINISTIC = false"]
        return (Statement(Sql(f"CREATE COLLATION {self.identity} ({', '.join(clauses)})")),)
