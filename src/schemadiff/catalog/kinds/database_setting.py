"""A setting that every session in the database starts with: ALTER DATABASE ... SET.

Read only when roles are asked for: a database that is made for comparison starts with settings of its own, and
the declared files of a schema say nothing about them. The database's name is not part of a setting's.
"""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.kinds.shared.settings import HERE, PAIRS, assignment, in_this_database, setting_name
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Statement


@kind("database setting", catalog="pg_db_role_setting", keyword="DATABASE SETTING")
class DatabaseSetting(CatalogObject):
    """A setting of the current database for all roles."""

    value: str = alters(tells=True)
    name: str = carries()

    WORDS = Words(
        create="set {name} for the database",
        drop="reset {name} for the database",
        alter="change {name} for the database",
    )
    QUERY = f"""
        SELECT (row_number() OVER ())::int8 AS objid, 0 AS objsubid, quote_ident(p.name) AS identity,
               p.value, p.name
        FROM pg_catalog.pg_db_role_setting AS s
        {PAIRS}
        WHERE s.setrole = 0 AND s.setdatabase = {HERE}
    """

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = {"assignment": assignment(self.name, self.value)}
        return (Statement(in_this_database("ALTER DATABASE {database} {assignment}", words)),)

    def drop(self) -> tuple[Statement, ...]:
        words = {"name": setting_name(self.name)}
        return (Statement(in_this_database("ALTER DATABASE {database} RESET {name}", words)),)

    def alter_value(self, before: "DatabaseSetting") -> tuple[Statement, ...]:
        return self.create()
