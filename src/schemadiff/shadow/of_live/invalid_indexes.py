"""Invalid indexes, which an interrupted CREATE INDEX CONCURRENTLY leaves behind and no statement creates.

So is one of a partitioned table to which each partition's index is attached, if the last one it lacked was dropped.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import Values
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.index_attachment import IndexAttachment
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.gained import gaining

_VALID = Index.COLUMNS.index("valid")
_KINDS = (Index, Constraint)


def with_valid_indexes(catalog: Catalog) -> Catalog:
    """The catalog with indexes as a rollback leaves them: it makes none that is invalid for no reason."""
    attached = _Attached(catalog)
    complete = {identity for identity in _invalid(catalog) if attached.is_complete(identity)}
    if not complete:
        return catalog
    rows = {cls.KIND: dict(catalog.rows.get(cls.KIND, {})) for cls in _KINDS}
    for kind, name in complete:
        rows[kind][name] = gaining(kind, rows[kind][name])
    return replace(catalog, rows=catalog.rows | rows, _built={})


def invalidate_indexes(catalog: Catalog, url: str) -> None:
    """Mark as invalid, in the copy of `catalog` at `url`, the indexes that are invalid in the catalog."""
    invalid = [catalog[identity] for identity in _invalid(catalog)]
    if names := [one.index() if isinstance(one, Constraint) else one.identity for one in invalid]:
        with psycopg.connect(url, autocommit=True) as connection:
            query = "UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = ANY(%s::regclass[])"
            connection.execute(query, [names])


def _invalid(catalog: Catalog) -> Iterator[Identity]:
    for cls in _KINDS:
        for name, values in catalog.rows.get(cls.KIND, {}).items():
            if not _is_whole(cls, values):
                yield Identity(cls.KIND, Quoted(name))


def _is_whole(cls: type[Index | Constraint], values: Values) -> bool:
    return bool(values[cls.COLUMNS.index("whole")]) and (cls is not Index or bool(values[_VALID]))


@dataclass(frozen=True)
class _Attached:
    """Which partitions have an index attached to one of the partitioned table."""

    catalog: Catalog

    def is_complete(self, identity: Identity) -> bool:
        """Whether there is one of every partition, and nothing keeps it from being valid."""
        built = self.catalog[identity]
        if isinstance(built, Index | Constraint) and not built.partitioned:
            return True
        table = built.within()
        attached = {self.catalog.holder(one): one.within() for one in self._attachments.get(identity, ())}
        partitions = self._partitions.get(table, set()) if table is not None else set()
        return partitions <= attached.keys() and all(map(self.is_complete, attached.values()))

    @cached_property
    def _attachments(self) -> dict[Identity, list[IndexAttachment]]:
        found: dict[Identity, list[IndexAttachment]] = defaultdict(list)
        for values in self.catalog.rows.get(IndexAttachment.KIND, {}).values():
            attachment = IndexAttachment.of(values)
            found[attachment.inherited_from()].append(attachment)
        return found

    @cached_property
    def _partitions(self) -> dict[Identity, set[Identity | None]]:
        found: dict[Identity, set[Identity | None]] = defaultdict(set)
        for values in self.catalog.rows.get(Inheritance.KIND, {}).values():
            join = Inheritance.of(values)
            for parent in join.parents if join.bound is not None else ():
                found[Identity("table", parent)].add(join.within())
        return found
