"""Materialized views that are created again."""

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.planning.work.act import Act
from schemadiff.planning.writing.writing import Writing


def filled_again(built: CatalogObject, act: Act, writing: Writing) -> CatalogObject:
    """Rows come back where there were some; pg_dump writes WITH NO DATA whether there were or not."""
    before = writing.work.live.get(act.identity)
    if isinstance(built, MaterializedView) and isinstance(before, MaterializedView):
        return built.filled_like(before)
    return built
