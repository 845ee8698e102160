"""What a security provider keeps about an object: SECURITY LABEL."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, key
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.foreign_options import split
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.statement import Statement


@kind("security label", catalog="pg_seclabel")
class SecurityLabel(CatalogObject):
    """All labels of an object, one a provider."""

    target_kind: str = key(words="kind of the object")
    target: Quoted = key()
    labels: tuple[str, ...] = alters(tells=True)
    """`provider=label`"""

    WORDS = Words(
        create="label {object}",
        drop="remove the security label of {object}",
        alter="change the security label of {object}",
    )
    SATELLITE = True
    QUERY = """
        SELECT classoid::regclass::text AS classid, objoid::int8 AS objid, objsubid,
               array_agg(format('%%I=%%s', provider, label) ORDER BY provider) AS labels
        FROM pg_catalog.pg_seclabel
        GROUP BY classoid, objoid, objsubid
        UNION ALL
        SELECT 'pg_authid', objoid::int8, 0, array_agg(format('%%I=%%s', provider, label) ORDER BY provider)
        FROM pg_catalog.pg_shseclabel
        WHERE classoid = 'pg_catalog.pg_authid'::regclass
        GROUP BY objoid
    """

    def within(self) -> Identity:
        return Identity(self.target_kind, self.target)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield from self._change({}, split(self.labels))

    def drop(self) -> Iterator[Statement]:
        yield from self._change(split(self.labels), {})

    def alter_labels(self, before: "SecurityLabel") -> Iterator[Statement]:
        yield from self._change(split(before.labels), split(self.labels))

    def _change(self, before: dict[str, str], after: dict[str, str]) -> Iterator[Statement]:
        for provider in sorted(before.keys() | after.keys()):
            if before.get(provider) != after.get(provider):
                label = literal(after[provider]) if provider in after else "NULL"
                yield Statement(Sql(f"SECURITY LABEL FOR {provider} ON {self.identity} IS {label}"))
