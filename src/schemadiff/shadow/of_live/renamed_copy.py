"""Live after renames, as Postgres itself renders it."""

from collections.abc import Sequence

from schemadiff.catalog.catalog import Catalog
from schemadiff.errors import ScratchError
from schemadiff.plans.model import Script, Segment, Step
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY, copy_live
from schemadiff.shadow.rehearsing.rehearsal import rehearse

RENAMED = "renamed"


def rename_in_copy(shadow: ShadowDatabases, live: Catalog, steps: Sequence[Step]) -> Catalog:
    """The catalog after `steps`, which go on in a copy of live where earlier ones ended. Raises ScratchError."""
    if not shadow.server.has_database(RENAMED):
        copy_live(shadow, live)
        shadow.clone(COPY, RENAMED)
    failure = rehearse(Script((Segment(tuple(steps)),)), shadow.deputy.url(RENAMED), shadow.superuser(RENAMED))
    if failure is not None:
        raise ScratchError(f"a rename fails on the scratch copy of live: {failure}")
    return shadow.read(RENAMED)
