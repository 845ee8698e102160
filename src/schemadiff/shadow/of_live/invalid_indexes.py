"""Invalid indexes, which an interrupted CREATE INDEX CONCURRENTLY leaves behind and no statement creates."""

from dataclasses import replace

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.index.index import Index

_VALID = Index.COLUMNS.index("valid")


def with_valid_indexes(catalog: Catalog) -> Catalog:
    """The catalog with valid indexes only: what a rollback leads to, since it leaves no index invalid."""
    names = _invalid(catalog)
    if not names:
        return catalog
    indexes = dict(catalog.rows[Index.KIND])
    for name in names:
        values = indexes[name]
        indexes[name] = (*values[:_VALID], True, *values[_VALID + 1 :])
    return replace(catalog, rows=catalog.rows | {Index.KIND: indexes}, _built={})


def invalidate_indexes(catalog: Catalog, url: str) -> None:
    """Mark as invalid, in the copy of `catalog` at `url`, the indexes that are invalid in the catalog."""
    if names := _invalid(catalog):
        with psycopg.connect(url, autocommit=True) as connection:
            query = "UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = ANY(%s::regclass[])"
            connection.execute(query, [names])


def _invalid(catalog: Catalog) -> list[str]:
    return [name for name, values in catalog.rows.get(Index.KIND, {}).items() if not values[_VALID]]
