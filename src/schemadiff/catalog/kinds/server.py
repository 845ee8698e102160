"""A foreign server."""

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.foreign_options import changed, clause, query_of
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("server", catalog="pg_foreign_server")
class Server(CatalogObject):
    """A server that a role of ours owns."""

    wrapper: Quoted = replaces()
    type: str | None = replaces()
    version: str | None = alters()
    options: tuple[str, ...] = alters()

    PLACE = Place(owner="srvowner")
    RARE = "pg_foreign_server"
    OWNED = True
    GRANTABLE = "S"
    QUERY = f"""
        SELECT s.oid::int8 AS objid, 0 AS objsubid, quote_ident(s.srvname) AS identity,
               quote_ident(w.fdwname) AS wrapper, s.srvtype AS type, s.srvversion AS version,
               {query_of("s.srvoptions")} AS options,
               quote_ident(pg_get_userbyid(s.srvowner)) AS owner,
               coalesce(s.srvacl, acldefault('S', s.srvowner))::text[] AS acl
        FROM pg_catalog.pg_foreign_server AS s
        JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
        WHERE pg_get_userbyid(s.srvowner) <> ALL(%(roles)s)
          AND {of_no_extension("pg_foreign_server", "s.oid")}
    """

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = f"CREATE SERVER {self.identity}"
        words += f" TYPE {literal(self.type)}" if self.type is not None else ""
        words += f" VERSION {literal(self.version)}" if self.version is not None else ""
        return (Statement(Sql(f"{words} FOREIGN DATA WRAPPER {self.wrapper}{clause(self.options, self._described)}")),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP SERVER {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def alter_version(self, before: "Server") -> tuple[Statement, ...]:
        return (self._alter(f"VERSION {'NULL' if self.version is None else literal(self.version)}"),)

    def alter_options(self, before: "Server") -> tuple[Statement, ...]:
        return (self._alter(f"OPTIONS ({changed(before.options, self.options, self._described)})"),)

    def _alter(self, action: str) -> Statement:
        return Statement(Sql(f"ALTER SERVER {self.identity} {action}"))

    @property
    def _described(self) -> str:
        """What placeholders for its secrets are called after."""
        return f"server {self.identity}"
