"""A base type: one whose values are read and written by functions of its own."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement

STORAGES = {"p": "plain", "e": "external", "m": "main", "x": "extended"}


@kind("base type", catalog="pg_type", keyword="TYPE")
class BaseType(CatalogObject):
    """A base type with all that CREATE TYPE says about it."""

    definition: tuple[str, ...] = replaces()
    """Clauses of CREATE TYPE that ALTER TYPE cannot change."""
    functions: tuple[str, ...] = alters()
    """Clauses of CREATE TYPE that name optional functions."""
    storage: str = alters(values=STORAGES)

    PLACE = Place("typnamespace", rows="typtype = 'b' AND typelem = 0 AND typisdefined")
    RARE = "pg_type WHERE oid >= 16384 AND typtype = 'b' AND typinput <> 'array_in'::regproc"
    OWNED = True
    GRANTABLE = "T"

    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, t.typname) AS identity,
               array_remove(ARRAY[
                 'INPUT = ' || t.typinput::regproc, 'OUTPUT = ' || t.typoutput::regproc,
                 'INTERNALLENGTH = ' || CASE WHEN t.typlen < 0 THEN 'variable' ELSE t.typlen::text END,
                 CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
                 'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2'
                                                   WHEN 'i' THEN 'int4' ELSE 'double' END,
                 'CATEGORY = ' || quote_literal(t.typcategory::text),
                 CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
                 'DEFAULT = ' || quote_literal(t.typdefault),
                 CASE WHEN t.typelem <> 0 THEN 'ELEMENT = ' || format_type(t.typelem, NULL) END,
                 'DELIMITER = ' || quote_literal(nullif(t.typdelim::text, ',')),
                 CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END], NULL) AS definition,
               array_remove(ARRAY[
                 CASE WHEN t.typreceive <> 0 THEN 'RECEIVE = ' || t.typreceive::regproc END,
                 CASE WHEN t.typsend <> 0 THEN 'SEND = ' || t.typsend::regproc END,
                 CASE WHEN t.typmodin <> 0 THEN 'TYPMOD_IN = ' || t.typmodin::regproc END,
                 CASE WHEN t.typmodout <> 0 THEN 'TYPMOD_OUT = ' || t.typmodout::regproc END,
                 CASE WHEN t.typanalyze <> 0 THEN 'ANALYZE = ' || t.typanalyze::regproc END,
                 CASE WHEN t.typsubscript <> 0 THEN 'SUBSCRIPT = ' || t.typsubscript::regproc END], NULL)
                 AS functions,
               t.typstorage::text AS storage,
               quote_ident(pg_get_userbyid(t.typowner)) AS owner,
               coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl
        FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        WHERE t.typtype = 'b' AND t.typisdefined AND n.oid = ANY(%(schemas)s)
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS e WHERE e.typarray = t.oid)
          AND {of_no_extension("pg_type", "t.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("type", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        clauses = [*self.definition, *self.functions, f"STORAGE = {STORAGES[self.storage]}"]
        return (Statement(Sql(f"CREATE TYPE {self.identity} (\n    " + ",\n    ".join(clauses) + "\n)")),)

    def drop(self) -> tuple[Statement, ...]:
        """The type and its own functions need each other, so that nothing less than CASCADE removes them."""
        return (Statement(Sql(f"DROP TYPE {self.identity} CASCADE"), (Hazard.BREAKS_CLIENTS,)),)

    def must_replace(self, before: "BaseType") -> bool:
        """What can be stored out of line stays so."""
        return "p" in (self.storage, before.storage) and self.storage != before.storage

    def alter_functions(self, before: "BaseType") -> Iterator[Statement]:
        old, new = _named(before.functions), _named(self.functions)
        changes = [f"{name} = {new.get(name, 'NONE')}" for name in old | new if old.get(name) != new.get(name)]
        yield Statement(Sql(f"ALTER TYPE {self.identity} SET ({', '.join(changes)})"))

    def alter_storage(self, before: "BaseType") -> tuple[Statement, ...]:
        return (Statement(Sql(f"ALTER TYPE {self.identity} SET (STORAGE = {STORAGES[self.storage]})")),)


def _named(clauses: tuple[str, ...]) -> dict[str, Quoted]:
    return {name: Quoted(function) for name, _, function in (clause.partition(" = ") for clause in clauses)}
