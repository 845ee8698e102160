"""An enumerated type."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters
from schemadiff.catalog.declaring.forms import NamedParts
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Sql, literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, RawChange
from schemadiff.catalog.statements.statement import Statement


@kind("enum", catalog="pg_type", keyword="TYPE")
class EnumType(NamedParts):
    """An enum with its labels in order."""

    labels: tuple[str, ...] = alters(on="add value {value} to {kind} {name}")

    PLACE = Place("typnamespace", rows="typtype = 'e'")
    RARE = "pg_type WHERE typtype = 'e'"
    OWNED = True
    GRANTABLE = "T"
    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, t.typname) AS identity,
               ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum AS e
                     WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
               quote_ident(pg_get_userbyid(t.typowner)) AS owner,
               coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl
        FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        WHERE t.typtype = 'e' AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_type", "t.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("type", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        labels = ", ".join(literal(label) for label in self.labels)
        return (Statement(Sql(f"CREATE TYPE {self.identity} AS ENUM ({labels})")),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP TYPE {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def named_parts(self) -> tuple[str, ...]:
        return self.labels

    def rename_part(self, old: str, new: str) -> Statement:
        words = Sql(f"ALTER TYPE {self.identity} RENAME VALUE {literal(old)} TO {literal(new)}")
        return Statement(words, (Hazard.BREAKS_CLIENTS,))

    def must_replace(self, before: "EnumType") -> bool:
        """Labels can be added anywhere, but neither removed nor moved."""
        kept = tuple(label for label in self.labels if label in before.labels)
        return kept != before.labels

    def alter_labels(self, before: "EnumType") -> Iterator[Statement]:
        missing = set(before.labels)
        for place, label in enumerate(self.labels):
            if label in before.labels:
                missing.discard(label)
                continue
            words = f"ALTER TYPE {self.identity} ADD VALUE {literal(label)}"
            if missing and place:
                words += f" AFTER {literal(self.labels[place - 1])}"
            elif missing:
                words += f" BEFORE {literal(before.labels[0])}"
            added = Purpose(fields=(), changes=(RawChange("labels", None, label),))
            yield Statement(Sql(words), commit_before_use=True, purpose=added)
