"""Live after renames, as Postgres itself renders it."""

from collections.abc import Sequence

from schemadiff.catalog.catalog import Catalog
from schemadiff.desired.loading.harmless import harmless
from schemadiff.desired.reading.parse_tree import parse
from schemadiff.difference.sides import Sides
from schemadiff.errors import ScratchError
from schemadiff.plans.model import Script, Segment, Step
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY, copy_live
from schemadiff.shadow.rehearsing.rehearsal import rehearse
from schemadiff.shadow.wording.same_words import in_words_of

RENAMED = "renamed"


def rename_in_copy(shadow: ShadowDatabases, sides: Sides, steps: Sequence[Step]) -> Catalog:
    """The catalog after `steps`, which go on in a copy of live where earlier ones ended. Raises ScratchError.

    What a copy words otherwise is in desired's words, so that nothing else seems to change.
    """
    if not shadow.server.has_database(RENAMED):
        copy_live(shadow, sides.live)
        shadow.clone(COPY, RENAMED)
    superuser = shadow.superuser(RENAMED)
    if shadow.deputy.beside_superusers:  # which own what they own on live, and of which it is no member
        superuser.refused.update(step.sql for step in steps if harmless(*parse(step.sql), for_superuser=True))
    failure = rehearse(Script((Segment(tuple(steps)),)), shadow.deputy.url(RENAMED), superuser)
    if failure is not None:
        raise ScratchError(f"a rename fails on the scratch copy of live: {failure}")
    return in_words_of(sides.desired, shadow.read(RENAMED), shadow.deputy.url(RENAMED))
