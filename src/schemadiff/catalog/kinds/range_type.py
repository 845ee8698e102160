"""A range type, its multirange type included."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement, changing


@kind("range type", catalog="pg_type", keyword="TYPE")
class RangeType(CatalogObject):
    """A range type; the multirange type and the constructor functions come and go with it."""

    options: tuple[str, ...] = replaces()
    """Clauses of CREATE TYPE."""
    multirange_comment: str | None = alters(words="comment of its multirange type")
    multirange: Quoted = carries()
    has_own_functions: bool = carries()
    """Whether a canonical function takes the type, so that each needs the other."""

    PLACE = Place("typnamespace", rows="typtype = 'r'")
    RARE = "pg_type WHERE typtype = 'r' AND oid >= 16384"
    OWNED = True
    GRANTABLE = "T"
    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, t.typname) AS identity,
               array_remove(ARRAY[
                 'SUBTYPE = ' || format_type(r.rngsubtype, NULL),
                 'SUBTYPE_OPCLASS = ' || CASE WHEN NOT o.opcdefault
                                              THEN format('%%I.%%I', opn.nspname, o.opcname) END,
                 'COLLATION = ' || (SELECT format('%%I.%%I', cn.nspname, co.collname)
                                    FROM pg_catalog.pg_collation AS co
                                    JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                                    WHERE co.oid = r.rngcollation AND co.oid <> st.typcollation),
                 CASE WHEN r.rngcanonical <> 0 THEN 'CANONICAL = ' || r.rngcanonical::regproc END,
                 CASE WHEN r.rngsubdiff <> 0 THEN 'SUBTYPE_DIFF = ' || r.rngsubdiff::regproc END,
                 format('MULTIRANGE_TYPE_NAME = %%I.%%I', mn.nspname, m.typname)], NULL) AS options,
               obj_description(m.oid, 'pg_type') AS multirange_comment,
               format('%%I.%%I', mn.nspname, m.typname) AS multirange,
               r.rngcanonical <> 0 AS has_own_functions,
               quote_ident(pg_get_userbyid(t.typowner)) AS owner,
               coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl
        FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        JOIN pg_catalog.pg_range AS r ON r.rngtypid = t.oid
        JOIN pg_catalog.pg_type AS st ON st.oid = r.rngsubtype
        JOIN pg_catalog.pg_type AS m ON m.oid = r.rngmultitypid
        JOIN pg_catalog.pg_namespace AS mn ON mn.oid = m.typnamespace
        JOIN pg_catalog.pg_opclass AS o ON o.oid = r.rngsubopc
        JOIN pg_catalog.pg_namespace AS opn ON opn.oid = o.opcnamespace
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_type", "t.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("type", self.identity), ("type", self.multirange))

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield Statement(Sql(f"CREATE TYPE {self.identity} AS RANGE (\n    " + ",\n    ".join(self.options) + "\n)"))
        if self.multirange_comment is not None:
            yield from changing(self.alter_multirange_comment(self), "multirange_comment")

    def drop(self) -> tuple[Statement, ...]:
        """With a canonical function, nothing less than CASCADE removes the two."""
        cascade = " CASCADE" if self.has_own_functions else ""
        return (Statement(Sql(f"DROP TYPE {self.identity}{cascade}"), (Hazard.BREAKS_CLIENTS,)),)

    def alter_multirange_comment(self, before: "RangeType") -> tuple[Statement, ...]:
        words = "NULL" if self.multirange_comment is None else literal(self.multirange_comment)
        return (Statement(Sql(f"COMMENT ON TYPE {self.multirange} IS {words}")),)
