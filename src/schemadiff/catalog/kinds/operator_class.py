"""An operator class."""

from schemadiff.catalog.declaring.fields import carries, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.kinds.shared.operator_members import members_query
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("operator class", catalog="pg_opclass")
class OperatorClass(CatalogObject):
    """An operator class with the members that belong to it rather than to its family."""

    type: Sql = replaces()
    family: Quoted = replaces()
    default: bool = replaces()
    storage: Sql | None = replaces()
    members: tuple[str, ...] = replaces()
    name: Quoted = carries()
    method: Quoted = carries()

    PLACE = Place("opcnamespace")
    RARE = "pg_opclass WHERE oid >= 16384"
    OWNED = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid,
               format('%%I.%%I USING %%I', n.nspname, c.opcname, am.amname) AS identity,
               format_type(c.opcintype, NULL) AS type, format('%%I.%%I', fn.nspname, f.opfname) AS family,
               c.opcdefault AS "default",
               CASE WHEN c.opckeytype <> 0 THEN format_type(c.opckeytype, NULL) END AS storage,
               m.clauses AS members, format('%%I.%%I', n.nspname, c.opcname) AS name,
               quote_ident(am.amname) AS method, quote_ident(pg_get_userbyid(c.opcowner)) AS owner
        FROM pg_catalog.pg_opclass AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.opcnamespace
        JOIN pg_catalog.pg_am AS am ON am.oid = c.opcmethod
        JOIN pg_catalog.pg_opfamily AS f ON f.oid = c.opcfamily
        JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.opfnamespace
        CROSS JOIN LATERAL ({members_query("pg_opclass", "c.oid")}
        ) AS m
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_opclass", "c.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("operator class", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        default = "DEFAULT " if self.default else ""
        # CREATE demands an item even where the class has no member of its own; its storage is its type then.
        clauses = [*self.members, *([f"STORAGE {self.storage}"] if self.storage else [])]
        body = ",\n    ".join(clauses or [f"STORAGE {self.type}"])
        words = f"CREATE OPERATOR CLASS {self.name} {default}FOR TYPE {self.type} USING {self.method}"
        return (Statement(Sql(f"{words} FAMILY {self.family} AS\n    {body}")),)
