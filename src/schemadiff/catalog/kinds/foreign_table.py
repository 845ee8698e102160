"""A foreign table; its columns, constraints, defaults and triggers are objects of their own."""

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.kinds.shared.foreign_options import changed, clause, query_of
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("foreign table", catalog="pg_class")
class ForeignTable(CatalogObject):
    """A foreign table without its parts; its rows stand elsewhere."""

    server: Quoted = replaces()
    options: tuple[str, ...] = alters()

    WORDS = Words(plural="foreign tables")
    PLACE = Place("relnamespace", rows="relkind = 'f'")
    RARE = "pg_foreign_table"
    OWNED = True
    GRANTABLE = "r"
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               quote_ident(s.srvname) AS server, {query_of("f.ftoptions")} AS options,
               quote_ident(pg_get_userbyid(c.relowner)) AS owner,
               coalesce(c.relacl, acldefault('r', c.relowner))::text[] AS acl
        FROM pg_catalog.pg_foreign_table AS f
        JOIN pg_catalog.pg_class AS c ON c.oid = f.ftrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_foreign_server AS s ON s.oid = f.ftserver
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("relation", self.identity), ("type", self.identity))

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        inherits = [part for part in parts if part.startswith("INHERITS (")]
        inner = [part for part in parts if part not in inherits]
        body = "(\n    " + ",\n    ".join(inner) + "\n)" if inner else "()"
        words = f"CREATE FOREIGN TABLE {self.identity} {body}"
        words += "".join(f"\n{part}" for part in inherits)
        return (Statement(Sql(f"{words}\nSERVER {self.server}{clause(self.options, self._described)}")),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP FOREIGN TABLE {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def alter_options(self, before: "ForeignTable") -> tuple[Statement, ...]:
        words = (
            f"ALTER FOREIGN TABLE {self.identity} OPTIONS ({changed(before.options, self.options, self._described)})"
        )
        return (Statement(Sql(words)),)

    @property
    def _described(self) -> str:
        """What placeholders for its secrets are called after."""
        return f"table {self.identity}"
