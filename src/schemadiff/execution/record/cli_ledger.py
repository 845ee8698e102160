"""The ledger of the Supabase CLI: which migrations a database has, as `supabase migration list` tells them."""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from schemadiff.catalog.scope import MIGRATIONS_SCHEMA
from schemadiff.connection import Connection
from schemadiff.errors import ExecutionError, Refused
from schemadiff.plans.migrations.migration import Migration

_COLUMNS = """
SELECT a.attname FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'supabase_migrations' AND c.relname = 'schema_migrations' AND a.attnum > 0 AND NOT a.attisdropped
"""

_STRANGERS = """
SELECT pg_catalog.pg_get_userbyid(o.owner) FROM (
    SELECT n.nspowner FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'supabase_migrations'
    UNION ALL
    SELECT c.relowner FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'supabase_migrations' AND c.relname = 'schema_migrations'
    UNION ALL
    SELECT p.proowner FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
    WHERE n.nspname = 'supabase_migrations' AND c.relname = 'schema_migrations'
) AS o (owner)
JOIN pg_catalog.pg_roles AS r ON r.oid = o.owner
WHERE r.rolname <> current_user AND NOT r.rolsuper
  AND r.oid <> (SELECT d.datdba FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
LIMIT 1
"""
"""Who could have made it, and put code there that runs with the rights of whoever writes to it."""

_PREPARE = (
    "CREATE SCHEMA IF NOT EXISTS supabase_migrations",
    "CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY)",
    "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[]",
    "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text",
)
"""As the CLI makes it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A migration as the CLI's ledger tells it; older versions of the CLI recorded no name and no statements."""

    version: str
    name: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CliLedger:
    """The CLI's ledger in the database behind `connection`; every write belongs to its current transaction."""

    connection: Connection

    def recorded(self) -> dict[str, Recorded]:
        """All migrations by version, the oldest first. Errors: ExecutionError where they may not be read."""
        columns = self._columns()
        if "version" not in columns:
            return {}
        name = "coalesce(name, '')" if "name" in columns else "''"
        statements = "coalesce(statements, '{}')" if "statements" in columns else "'{}'::text[]"
        query = f"SELECT version, {name}, {statements} FROM supabase_migrations.schema_migrations ORDER BY version"
        try:
            rows = self.connection.execute(query.encode()).fetchall()
        except psycopg.errors.InsufficientPrivilege as error:
            raise ExecutionError(
                f"this role may not read {MIGRATIONS_SCHEMA}.schema_migrations, the ledger of the CLI: use the "
                "role that runs migrations, or grant it USAGE on the schema and SELECT on the table"
            ) from error
        return {version: Recorded(version, called, tuple(said)) for version, called, said in rows}

    def prepare(self) -> None:
        """Make it as the CLI does, where it is not there.

        Errors: Refused where a role made it that is not to be trusted; ExecutionError without the right to make it.
        """
        stranger = self.connection.execute(_STRANGERS).fetchone()
        if stranger is not None:
            raise Refused(
                f"schema {MIGRATIONS_SCHEMA} is not used, since {stranger[0]} owns it, its table or a trigger there, "
                "and what stands there would run with your rights: look at it, then "
                f"ALTER SCHEMA {MIGRATIONS_SCHEMA} OWNER TO ... and the same for the table, or drop the trigger"
            )
        if {"version", "name", "statements"} <= self._columns():
            return
        try:
            for statement in _PREPARE:
                self.connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege as error:
            raise ExecutionError(
                f"this role may not make schema {MIGRATIONS_SCHEMA}, where the Supabase CLI keeps its ledger: grant it "
                "CREATE on the database, or plan with [supabase] migrations = false"
            ) from error

    def record(self, migrations: Iterable[Migration]) -> None:
        """Record that migrations have run."""
        for one in migrations:
            self.connection.execute(
                "INSERT INTO supabase_migrations.schema_migrations (version, name, statements) VALUES (%s, %s, %s)"
                " ON CONFLICT (version) DO NOTHING",
                [one.version, one.name, list(one.statements)],
            )

    def forget(self, versions: Iterable[str]) -> None:
        """Take back what is recorded of migrations that are undone before all of a plan was done."""
        self.connection.execute(
            "DELETE FROM supabase_migrations.schema_migrations WHERE version = ANY(%s)", [list(versions)]
        )

    def _columns(self) -> frozenset[str]:
        return frozenset(name for (name,) in self.connection.execute(_COLUMNS))
