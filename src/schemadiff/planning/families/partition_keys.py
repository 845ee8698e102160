"""Columns that the partition key of a table names."""

from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.planning.work.work import Work


def partitioned_table(identity: Identity, work: Work) -> Iterator[Identity]:
    """A partitioned table has no rows of its own: it is created again, and its partitions join that."""
    column = work.live.get(identity)
    if isinstance(column, Column) and column.in_partition_key:
        table = column.within()
        if table in work.desired and table not in work.drops:
            yield table
