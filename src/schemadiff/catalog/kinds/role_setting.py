"""A setting that sessions of a role start with, in all databases or in this one: ALTER ROLE ... SET."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.settings import HERE, PAIRS, assignment, in_this_database, setting_name
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("role setting", catalog="pg_db_role_setting")
class RoleSetting(CatalogObject):
    """A setting of a role of ours; the name of the database is not part of its own."""

    value: str = alters(tells=True)
    role: Quoted = carries()
    name: str = carries()
    here: bool = carries()
    """Whether it holds in this database only."""

    WORDS = Words(
        create="set {whole} for role {part}",
        drop="reset {whole} for role {part}",
        alter="change {whole} for role {part}",
        split=" SET ",
    )
    QUERY = f"""
        SELECT (row_number() OVER ())::int8 AS objid, 0 AS objsubid,
               format('%%I%%s SET %%I', r.rolname, CASE WHEN s.setdatabase <> 0 THEN ' IN DATABASE' END, p.name)
                 AS identity,
               p.value, quote_ident(r.rolname) AS role, p.name, s.setdatabase <> 0 AS here
        FROM pg_catalog.pg_db_role_setting AS s
        JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
        {PAIRS}
        WHERE r.rolname <> ALL(%(fixed_roles)s) AND (s.setdatabase = 0 OR %(settings)s AND s.setdatabase = {HERE})
    """

    def uses(self) -> tuple[Identity, ...]:
        return (Identity("role", self.role),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._alter(assignment(self.name, self.value)),)

    def drop(self) -> tuple[Statement, ...]:
        return (self._alter(f"RESET {setting_name(self.name)}"),)

    def alter_value(self, before: "RoleSetting") -> tuple[Statement, ...]:
        return self.create()

    def _alter(self, action: str) -> Statement:
        if not self.here:
            return Statement(Sql(f"ALTER ROLE {self.role} {action}"))
        words = {"role": self.role, "action": action}
        return Statement(in_this_database("ALTER ROLE {role} IN DATABASE {database} {action}", words))
