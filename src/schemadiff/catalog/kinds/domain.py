"""A domain: a type with rules of its own over another one."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.questions import DomainValues
from schemadiff.catalog.statements.statement import Statement, asking
from schemadiff.catalog.versions import NAMES_DOMAIN_NOT_NULL, Version


@kind("domain", catalog="pg_type")
class Domain(CatalogObject):
    """A domain; its checks are objects of their own, NOT NULL is not."""

    type: Sql = replaces(tells=True)
    collation: Quoted | None = replaces()
    default: Sql | None = alters()
    not_null: bool = alters(words="NOT NULL", on="set {name} NOT NULL", off="drop NOT NULL from {name}", tells=True)
    not_null_name: Quoted | None = alters(by="alter_not_null", words="name of the NOT NULL constraint")
    """The name of the NOT NULL constraint if it is not the one that Postgres chooses."""
    held_inside: bool = carries()
    """Whether columns hold values of the domain inside arrays, rows or ranges."""

    PLACE = Place("typnamespace", rows="typtype = 'd'")
    RARE = "pg_type WHERE typtype = 'd' AND oid >= 16384"
    OWNED = True
    GRANTABLE = "T"

    @classmethod
    def query(cls, version: Version) -> str:
        """Domains; since Postgres 17 their NOT NULL is a constraint with a name."""
        name = (
            """(SELECT quote_ident(nullif(k.conname::text, left(t.typname::text, 54) || '_not_null'))
                 FROM pg_catalog.pg_constraint AS k WHERE k.contypid = t.oid AND k.contype = 'n')"""
            if version.tells(NAMES_DOMAIN_NOT_NULL)
            else "NULL::text"
        )
        return f"""
        WITH RECURSIVE holders (part, holder, inside) AS (
          SELECT typelem, oid, true FROM pg_catalog.pg_type WHERE typelem <> 0 AND typcategory = 'A'
          UNION ALL SELECT typbasetype, oid, false FROM pg_catalog.pg_type WHERE typtype = 'd'
          UNION ALL SELECT rngsubtype, unnest(ARRAY[rngtypid, rngmultitypid]), true FROM pg_catalog.pg_range
          UNION ALL SELECT a.atttypid, c.reltype, true FROM pg_catalog.pg_class AS c
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relkind = 'c'
        ), reached AS (
          SELECT oid AS domain, oid AS type, false AS inside FROM pg_catalog.pg_type WHERE typtype = 'd'
          UNION SELECT r.domain, w.holder, r.inside OR w.inside
          FROM reached AS r JOIN holders AS w ON w.part = r.type
        ), held AS (
          SELECT r.domain, EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_class AS c ON c.oid = d.objid
            WHERE d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid = r.type AND d.objsubid > 0
              AND d.classid = 'pg_catalog.pg_class'::regclass AND c.relkind IN ('r', 'p', 'm')) AS stored
          FROM reached AS r WHERE r.inside
        )
        SELECT t.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, t.typname) AS identity,
               format_type(t.typbasetype, t.typtypmod) AS type,
               CASE WHEN t.typcollation <> b.typcollation
                    THEN (SELECT format('%%I.%%I', cn.nspname, co.collname) FROM pg_catalog.pg_collation AS co
                          JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                          WHERE co.oid = t.typcollation) END AS collation,
               pg_get_expr(t.typdefaultbin, 0) AS "default", t.typnotnull AS not_null,
               {name} AS not_null_name, t.oid IN (SELECT h.domain FROM held AS h WHERE h.stored) AS held_inside,
               quote_ident(pg_get_userbyid(t.typowner)) AS owner,
               coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl
        FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
        WHERE t.typtype = 'd' AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_type", "t.oid")}
        """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("type", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = f"CREATE DOMAIN {self.identity} AS {self.type}"
        words += f" COLLATE {self.collation}" if self.collation else ""
        words += f" DEFAULT {self.default}" if self.default is not None else ""
        if self.not_null:
            words += f" CONSTRAINT {self.not_null_name} NOT NULL" if self.not_null_name else " NOT NULL"
        words += "".join(f"\n    {part}" for part in parts)
        return (Statement(Sql(words)),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP DOMAIN {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def alter_default(self, before: "Domain") -> tuple[Statement, ...]:
        return (self._alter("DROP DEFAULT" if self.default is None else f"SET DEFAULT {self.default}"),)

    def alter_not_null(self, before: "Domain") -> Iterator[Statement]:
        if before.not_null:
            yield self._alter("DROP NOT NULL")
        if self.not_null:
            words = f"ADD CONSTRAINT {self.not_null_name} NOT NULL" if self.not_null_name else "SET NOT NULL"
            yield asking(self._alter(words, Hazard.BLOCKS_WRITES, Hazard.LONG_SCAN), self._question())

    def _question(self) -> DomainValues:
        return DomainValues(
            object=f"domain {self.identity}",
            problem=Problem(ProblemKind.NULL_IN_DOMAIN),
            table=self.identity,
            reads=(),
            condition=Sql("VALUE IS NULL"),
        )

    def _alter(self, action: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"ALTER DOMAIN {self.identity} {action}"), hazards)
