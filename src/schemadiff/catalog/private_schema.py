"""The schemas of the ledger and the archive: open to their owner alone, and used only as we make them.

Whoever may create in a database could make them first, with triggers, rules or defaults that run with our rights.
All queries here are to run with an empty search_path.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted, Sql, literal

_GRANTEES = """
    ARRAY(SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END
          FROM pg_catalog.pg_default_acl AS d, pg_catalog.aclexplode(d.defaclacl) AS acl
          WHERE d.defaclrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = coalesce(%(role)s, current_user))
            AND d.defaclnamespace = 0 AND d.defaclobjtype = '{}' AND acl.grantee <> d.defaclrole
          ORDER BY 1)"""


@dataclass(frozen=True, slots=True)
class DefaultGrantees:
    """Who else may use tables, and functions, that the current role creates, by its default privileges."""

    tables: tuple[Quoted, ...] = ()
    functions: tuple[Quoted, ...] = ()

    EXPRESSIONS: ClassVar[str] = ",".join(_GRANTEES.format(kind) for kind in "rf")
    """The fields as SELECT takes them, with the parameter role: who creates, if not the current role."""

    def private_table(self, name: str) -> Iterator[Sql]:
        """What takes from others what they may do with a new table, once they may use its schema."""
        if self.tables:
            yield Sql(f"REVOKE ALL ON TABLE {name} FROM {', '.join(self.tables)}")

    def private_function(self, signature: str) -> Iterator[Sql]:
        """What takes from others what they may do with a new function: everybody may call it otherwise."""
        others = dict.fromkeys((Quoted("PUBLIC"), *self.functions))
        yield Sql(f"REVOKE ALL ON FUNCTION {signature} FROM {', '.join(others)}")


@dataclass(frozen=True, slots=True)
class PrivateTable:
    """A table of a private schema as it has to be: its columns and constraints, as Postgres prints them."""

    schema: str
    name: str
    columns: tuple[str, ...]
    constraints: tuple[str, ...]

    def create(self) -> Sql:
        """The statement that makes it; it fails where something of that name is there."""
        parts = ",\n    ".join((*self.columns, *self.constraints))
        return Sql(f"CREATE TABLE {self.schema}.{self.name} (\n    {parts}\n)")

    @property
    def lines(self) -> frozenset[str]:
        """What `findings` tells of it when all is well."""
        return frozenset((*self.columns, *self.constraints))


CONTENTS = PrivateTable(
    ARCHIVE_SCHEMA,
    "contents",
    (
        "name text NOT NULL",
        "object text NOT NULL",
        "archived_at timestamp with time zone DEFAULT now() NOT NULL",
        "last_value bigint",
    ),
    ("PRIMARY KEY (name)",),
)
"""The list of what is archived: since when, and the last value of sequences."""


def revocations(schema: str, names: Iterable[str], *, whole: bool = True) -> Sql:
    """A query for the statements that close tables of a schema, and if `whole` itself, to all but their owner."""
    return Sql(f"""SELECT format('REVOKE ALL ON %s FROM %s', o.words, {_ROLE})
FROM (SELECT format('TABLE %I.%I', {literal(schema)}, c.relname), c.relowner, c.relacl FROM {_tables(schema, names)}
      UNION ALL SELECT format('SCHEMA %I', n.nspname), n.nspowner, n.nspacl FROM pg_namespace AS n
      WHERE {str(whole).lower()} AND n.nspname = {literal(schema)}) AS o (words, owner, acl), aclexplode(o.acl) AS a
WHERE a.grantee <> o.owner GROUP BY 1 ORDER BY 1""")


def strangers(schema: str, names: Iterable[str], *, reading: bool = False, applying: str | None = None) -> Sql:
    """A query for who owns or may change a schema and tables in it without being trusted, a line each.

    Whoever is only `reading` trusts the owner of the database, too, and the role that is `applying` plans.
    """
    also = f"{_OR_OWNER_OF_DATABASE}{f' OR r.rolname = {literal(applying)}' if applying else ''}"
    trusted = f"{_TRUSTED}{also if reading else ''}"
    return Sql(f"""SELECT o.object, format('belongs to role %s', o.owner::regrole), o.owner::regrole::text
FROM (SELECT NULL, n.nspowner FROM pg_namespace AS n WHERE n.nspname = {literal(schema)}
      UNION ALL SELECT c.relname, c.relowner FROM {_tables(schema, names)}) AS o (object, owner)
WHERE o.owner NOT IN ({trusted})
UNION ALL
SELECT g.object, format('grants %s to %s', a.privilege_type, {_ROLE}), NULL
FROM (SELECT NULL, n.nspacl, 'USAGE' FROM pg_namespace AS n WHERE n.nspname = {literal(schema)}
      UNION ALL SELECT c.relname, c.relacl, 'SELECT' FROM {_tables(schema, names)}
      UNION ALL SELECT c.relname, b.attacl, 'SELECT' FROM {_tables(schema, names)}
      JOIN pg_attribute AS b ON b.attrelid = c.oid) AS g (object, acl, harmless), aclexplode(g.acl) AS a
WHERE a.privilege_type <> g.harmless AND a.grantee NOT IN ({trusted})""")


def findings(schema: str, names: Iterable[str]) -> Sql:
    """A query for tables and what they consist of, a line each: PrivateTable.lines, and what should not be there."""
    return Sql(f"""SELECT c.relname, l.line, NULL FROM {_tables(schema, names)}, LATERAL (
    SELECT concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                     'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                     CASE a.attidentity WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY'
                                        WHEN 'd' THEN 'GENERATED BY DEFAULT AS IDENTITY' END)
    FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT pg_get_constraintdef(k.oid) FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype <> 'n'
    UNION ALL SELECT format('a foreign key from %s', k.conrelid::regclass) FROM pg_constraint AS k
    WHERE k.confrelid = c.oid AND k.conrelid NOT IN (SELECT c.oid FROM {_tables(schema, names)})
    UNION ALL SELECT format('trigger %I', t.tgname) FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
    UNION ALL SELECT format('rule %I', r.rulename) FROM pg_rewrite AS r WHERE r.ev_class = c.oid
    UNION ALL SELECT format('policy %I', p.polname) FROM pg_policy AS p WHERE p.polrelid = c.oid
    UNION ALL SELECT format('index %s', i.indexrelid::regclass) FROM pg_index AS i WHERE i.indrelid = c.oid
        AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid)
    UNION ALL SELECT format('child %s', h.inhrelid::regclass) FROM pg_inherits AS h WHERE h.inhparent = c.oid
    UNION ALL SELECT format('parent %s', h.inhparent::regclass) FROM pg_inherits AS h WHERE h.inhrelid = c.oid
    UNION ALL SELECT 'row-level security' WHERE c.relrowsecurity OR c.relforcerowsecurity
    UNION ALL SELECT 'another kind of relation' WHERE c.relkind <> 'r' OR c.relpersistence <> 'p' OR c.reloftype <> 0
) AS l (line)""")


_TRUSTED = "SELECT r.oid FROM pg_roles AS r WHERE r.rolsuper OR r.rolname = current_user"
"""Whose objects we use: the current role's own and superusers'. Memberships give no trust: a role grants its own."""

_OR_OWNER_OF_DATABASE = " OR r.oid = (SELECT d.datdba FROM pg_database AS d WHERE d.datname = current_database())"

_ROLE = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END"


def _tables(schema: str, names: Iterable[str]) -> str:
    listed = ", ".join(map(literal, names))
    return (
        "(SELECT c.* FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace\n"
        f"      WHERE n.nspname = {literal(schema)} AND c.relname IN ({listed})) AS c"
    )
