"""A composite type: a row of named attributes that is no table's."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.forms import NamedParts
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql, literal, quote_ident, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, RawChange
from schemadiff.catalog.statements.statement import Statement


@kind("composite type", catalog="pg_type", keyword="TYPE")
class CompositeType(NamedParts):
    """A composite type with its attributes in order."""

    attributes: tuple[Sql, ...] = alters(on="add attribute {value} to {name}", off="drop attribute {value} from {name}")
    """Name, type and collation of each attribute as CREATE TYPE takes them."""
    comments: tuple[str | None, ...] = alters(by="alter_attributes")
    """The comment on each attribute."""
    names: tuple[Quoted, ...] = carries()
    in_use: bool = carries()
    """Whether columns or other types hold values of the type."""
    has_tables: bool = carries()
    """Whether tables are made OF the type."""

    PLACE = Place(
        "typnamespace",
        rows="typtype = 'c' AND (SELECT relkind FROM pg_catalog.pg_class AS c WHERE c.oid = typrelid) = 'c'",
    )
    RARE = "pg_class WHERE relkind = 'c' AND oid >= 16384"
    OWNED = True
    GRANTABLE = "T"
    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, t.typname) AS identity,
               a.attributes, a.comments, a.names,
               EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                       WHERE d.refclassid = 'pg_catalog.pg_type'::regclass
                         AND d.refobjid IN (t.oid, t.typarray)
                         AND (d.classid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0
                              OR d.classid = 'pg_catalog.pg_type'::regclass AND d.objid <> t.typarray))
                 AS in_use,
               EXISTS (SELECT FROM pg_catalog.pg_class AS o WHERE o.reloftype = t.oid) AS has_tables,
               quote_ident(pg_get_userbyid(t.typowner)) AS owner,
               coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl
        FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid AND c.relkind = 'c'
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(
                       quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                       || CASE WHEN co.oid IS NULL THEN ''
                               ELSE format(' COLLATE %%I.%%I', cn.nspname, co.collname) END
                       ORDER BY a.attnum), '{{}}') AS attributes,
                   coalesce(array_agg(col_description(c.oid, a.attnum) ORDER BY a.attnum), '{{}}') AS comments,
                   coalesce(array_agg(quote_ident(a.attname) ORDER BY a.attnum), '{{}}') AS names
            FROM pg_catalog.pg_attribute AS a
            JOIN pg_catalog.pg_type AS at ON at.oid = a.atttypid
            LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation AND co.oid <> at.typcollation
            LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        ) AS a
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_type", "t.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("type", self.identity), ("relation", self.identity))

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        body = "(\n    " + ",\n    ".join(self.attributes) + "\n)" if self.attributes else "()"
        yield Statement(Sql(f"CREATE TYPE {self.identity} AS {body}"))
        yield from self._comment({})

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP TYPE {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def must_replace(self, before: "CompositeType") -> bool:
        """Attributes are added at the end, dropped anywhere, and retyped while the type is not in use."""
        kept = tuple(name for name in before.names if name in self.names)
        if kept != self.names[: len(kept)]:
            return True
        old = self._by_name(before)
        retyped = any(old[name] != attribute for name, attribute in self._by_name(self).items() if name in old)
        return retyped and before.in_use

    def named_parts(self) -> tuple[str, ...]:
        return tuple(map(unquoted, self.names))

    def rename_part(self, old: str, new: str) -> Statement:
        words = f"ALTER TYPE {self.identity} RENAME ATTRIBUTE {quote_ident(old)} TO {quote_ident(new)} CASCADE"
        return Statement(Sql(words), (Hazard.BREAKS_CLIENTS,))

    def alter_attributes(self, before: "CompositeType") -> Iterator[Statement]:
        """ADD, ALTER and DROP ATTRIBUTE, then the comments."""
        old, new = self._by_name(before), self._by_name(self)
        for name in old:
            if name not in new:
                dropped = before._alter(f"DROP ATTRIBUTE {name}", Hazard.DATA_LOSS, Hazard.BREAKS_CLIENTS)
                yield replace(dropped, purpose=_attribute(old[name], None))
        for name, attribute in new.items():
            if name not in old:
                yield replace(before._alter(f"ADD ATTRIBUTE {attribute}"), purpose=_attribute(None, attribute))
            elif old[name] != attribute:
                words = f"ALTER ATTRIBUTE {name} TYPE {attribute[len(name) + 1 :]}"
                yield replace(before._alter(words, Hazard.BREAKS_CLIENTS), purpose=_attribute(old[name], attribute))
        yield from self._comment(dict(zip(before.names, before.comments, strict=True)))

    def _comment(self, before: dict[Quoted, str | None]) -> Iterator[Statement]:
        for name, text in zip(self.names, self.comments, strict=True):
            if before.get(name) != text:
                words = "NULL" if text is None else literal(text)
                change = RawChange("comments", before.get(name), text)
                purpose = Purpose(fields=(), changes=(change,))
                yield Statement(Sql(f"COMMENT ON COLUMN {self.identity}.{name} IS {words}"), purpose=purpose)

    @staticmethod
    def _by_name(of: "CompositeType") -> dict[Quoted, Sql]:
        return dict(zip(of.names, of.attributes, strict=True))

    def _alter(self, action: str, *hazards: Hazard) -> Statement:
        cascade = " CASCADE" if self.has_tables else ""
        return Statement(Sql(f"ALTER TYPE {self.identity} {action}{cascade}"), hazards)


def _attribute(before: Sql | None, after: Sql | None) -> Purpose:
    return Purpose(fields=(), changes=(RawChange("attributes", before, after),))
