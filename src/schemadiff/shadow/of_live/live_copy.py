"""Shadow databases that hold live without its rows: all of it, or what scripts can touch."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from textwrap import indent

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.explanation import differences, sentences
from schemadiff.difference.sides import Sides
from schemadiff.errors import ScratchError
from schemadiff.plans.model import BothWays
from schemadiff.plans.reach import reach
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.of_live.catalog_copy import copy_catalog, read_empty
from schemadiff.shadow.of_live.grantors import let_administer
from schemadiff.shadow.of_live.invalid_indexes import with_valid_indexes
from schemadiff.shadow.too_old import telling
from schemadiff.shadow.wording.same_words import in_words_of

COPY, DESIRED_PART = "copy", "desired_part"

COPIED_WHOLE = 1500
"""Up to so many objects, all of live is copied: that takes no longer than to find out what is needed."""


@dataclass(frozen=True, slots=True)
class RehearsalCopies:
    """Shadow databases of both sides: COPY is like live, to which a rollback returns; `desired_url` leads to desired.

    `objects` is how many of live's objects these are, None if they are all. `desired_in_scratch` tells that desired is
    a shadow database, too, and none that the user has named. `copied` is what has been read of COPY, if it has been.
    """

    sides: Sides
    desired_url: str
    objects: int | None = None
    desired_in_scratch: bool = True
    copied: Catalog | None = None


def copy_live(shadow: ShadowDatabases, live: Catalog) -> Catalog | None:
    """Create the shadow database COPY from live's catalog, once; what it holds, if it is new. Raises ScratchError."""
    server = shadow.server
    if server.has_database(COPY):
        return None
    empty = read_empty(shadow, BASELINE, live)
    with telling(shadow):
        copy_catalog(live, empty, shadow, COPY, baseline=BASELINE)
    new = live.rows[Role.KIND].keys() - empty.rows[Role.KIND].keys()
    let_administer(server, COPY, sorted(new), shadow.role)
    copied = shadow.read(COPY)
    if found := differences(in_words_of(live, copied, shadow.deputy.url(COPY)), live):
        lines = indent("\n".join(sentences(found)), "  ")
        raise ScratchError(f"the scratch copy of live is not like live:\n{lines}")
    return copied


def copy_for_rehearsal(
    shadow: ShadowDatabases,
    scripts: BothWays,
    sides: Sides,
    desired_url: str,
    *,
    whole: bool = False,
    in_scratch: bool = True,
) -> RehearsalCopies:
    """Copy what the scripts can touch; of a small database, with `whole`, or where they may touch anything, all.

    With roles, all, too: any object may name them. `desired_url` leads to a database like `sides.desired`, a shadow
    database with `in_scratch`.
    Raises ScratchError.
    """
    small = sum(map(len, sides.live.rows.values())) <= COPIED_WHOLE
    if not (whole or small or shadow.scope.roles or shadow.server.has_database(COPY)):
        identities = reach(sides, scripts)
        if identities is not None and (copies := _copy_part(shadow, sides, identities)) is not None:
            return copies
    copied = copy_live(shadow, sides.live)
    valid = sides._replace(live=with_valid_indexes(sides.live))
    return RehearsalCopies(valid, desired_url, desired_in_scratch=in_scratch, copied=copied)


def _copy_part(shadow: ShadowDatabases, sides: Sides, identities: frozenset[Identity]) -> RehearsalCopies | None:
    """Copies of some of the objects of both sides; None if one of them is not like its side."""
    server = shadow.server
    empty = read_empty(shadow, BASELINE, sides.live)
    kept = identities.union(Identity(kind, Quoted(name)) for kind, rows in empty.rows.items() for name in rows)
    parts = Sides(sides.live.restricted(kept), sides.desired.restricted(kept))
    names = COPY, DESIRED_PART
    with ThreadPoolExecutor(len(names)) as pool:
        copies = list(pool.map(partial(_copied, shadow, empty), parts, names))
    if any(copied is None for copied in copies):
        for name in names:
            server.drop_database(name)
        return None
    objects = sum(map(len, parts.live.rows.values()))
    valid = parts._replace(live=with_valid_indexes(parts.live))
    return RehearsalCopies(valid, shadow.deputy.url(DESIRED_PART), objects, copied=copies[0])


def _copied(shadow: ShadowDatabases, empty: Catalog, part: Catalog, database: str) -> Catalog | None:
    """What a new database holds, if it could be made like a part of a catalog."""
    try:
        copy_catalog(part, empty, shadow, database, baseline=BASELINE)
    except ScratchError:
        return None
    copied = shadow.read(database)
    return None if differences(in_words_of(part, copied, shadow.deputy.url(database)), part) else copied
