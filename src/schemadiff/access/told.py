"""The cells of a matrix in words, for people and programs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemadiff.access.matrix import Access
from schemadiff.access.words import of_routine, told
from schemadiff.catalog.sql import Quoted

_OF_ROWS = ("table", "foreign table", "view", "materialized view")


@dataclass(frozen=True, slots=True)
class ToldCell:
    """What one action of a role reaches on one object; `allowed` tells whether that is anything."""

    role: str
    kind: str
    identity: str
    action: str
    allowed: bool
    reach: str


def told_cells(access: Access, roles: Iterable[Quoted]) -> tuple[ToldCell, ...]:
    """Every cell of `roles`, those that are there, object by object."""
    return tuple(_told(access, roles))


def _told(access: Access, roles: Iterable[Quoted]) -> Iterator[ToldCell]:
    for cell in access.cells(roles):
        words = told if cell.object.kind in _OF_ROWS else of_routine
        yield ToldCell(
            cell.role, cell.object.kind, cell.object.name, cell.action, cell.reach.reaches, words(cell.reach)
        )
