"""What one server's objects have that an older server cannot hold."""

from collections.abc import Iterator

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.versions import in_words


def beyond(catalog: Catalog, version: int) -> Iterator[str]:
    """The objects of `catalog` that no server of `version` can hold, in words, with what they have."""
    for kind, rows in catalog.rows.items():
        for newer in (newer for newer in BY_NAME[kind].NEWER if newer.since > version):
            for name in rows:
                identity = Identity(kind, Quoted(name))
                if newer.has(catalog[identity]):
                    yield f"{identity}: {newer.what}, since {in_words(newer.since)}"
