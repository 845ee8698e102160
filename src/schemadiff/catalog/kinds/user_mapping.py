"""As whom a role logs in on a foreign server; the secrets in it are masked by the server."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.foreign_options import MASK, changed, clause, query_of
from schemadiff.catalog.kinds.shared.membership import neither_of_an_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement

OPTIONS = query_of("u.umoptions", guarded=True)


@kind("user mapping", catalog="pg_user_mapping")
class UserMapping(CatalogObject):
    """A mapping; its options are compared where the server's owner sees them: his own and PUBLIC's.

    What more a superuser sees is written when the mapping is made again, with masks in place of secrets.
    """

    options: tuple[str, ...] | None = alters()
    server: Quoted = carries()
    seen_options: tuple[str, ...] = carries()

    RARE = "pg_foreign_server"
    NAMED_AFTER_OTHERS = True
    QUERY = f"""
        SELECT u.umid::int8 AS objid, 0 AS objsubid,
               format('FOR %%s SERVER %%I', coalesce(quote_ident(r.rolname), 'PUBLIC'), u.srvname)
                 AS identity,
               CASE WHEN u.umuser IN (0, s.srvowner) THEN {OPTIONS} END AS options,
               quote_ident(u.srvname) AS server, {OPTIONS} AS seen_options
        FROM pg_catalog.pg_user_mappings AS u
        JOIN pg_catalog.pg_foreign_server AS s ON s.oid = u.srvid
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = u.umuser
        WHERE pg_get_userbyid(s.srvowner) <> ALL(%(roles)s)
          AND {neither_of_an_extension(("pg_foreign_server", "s.oid"), ("pg_user_mapping", "u.umid"))}
    """

    def within(self) -> Identity:
        return Identity("server", self.server)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (Statement(Sql(f"CREATE USER MAPPING {self.identity}{clause(self.seen_options, self._described)}")),)

    def drop(self) -> tuple[Statement, ...]:
        secret = self.options is None or any(option.endswith(f"={MASK}") for option in self.options)
        hazards = (Hazard.IRREVERSIBLE, Hazard.BREAKS_CLIENTS) if secret else (Hazard.BREAKS_CLIENTS,)
        return (Statement(Sql(f"DROP USER MAPPING {self.identity}"), hazards),)

    def alter_options(self, before: "UserMapping") -> tuple[Statement, ...]:
        words = changed(before.options or (), self.options or (), self._described)
        return (Statement(Sql(f"ALTER USER MAPPING {self.identity} OPTIONS ({words})")),)

    @property
    def _described(self) -> str:
        """What placeholders for its secrets are called after."""
        named = self.identity.replace("FOR PUBLIC ", "FOR public ", 1)
        return named.replace("FOR ", "mapping ", 1).replace(" SERVER ", " on ", 1)
