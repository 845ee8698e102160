"""The two states of a database between which a plan leads."""

from typing import NamedTuple

from schemadiff.catalog.catalog import Catalog


class Sides(NamedTuple):
    """A database as it is and as it should be."""

    live: Catalog
    desired: Catalog
