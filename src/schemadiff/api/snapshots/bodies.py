"""Bodies of routines, which a snapshot holds on request only: else it tells them apart without showing them."""

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from hashlib import sha256

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import Values
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.sql import Quoted
from schemadiff.errors import SnapshotUnfit

_KINDS = (Function, Procedure)
_WITHHELD = "body not in the snapshot: "
_SHOWN = 10

_Change = Callable[[Identity, str], str]
"""The new definition of a routine, by its old one."""


def withhold(catalog: Catalog) -> Catalog:
    """The catalog with a digest in place of what defines each routine."""
    return _each(catalog, lambda _, definition: _mark(definition))


def with_bodies_of(catalog: Catalog, other: Catalog) -> Catalog:
    """The catalog with those bodies that `other` has, where the digests say that they are the same."""
    if not any(_withheld(catalog)):
        return catalog

    def found(identity: Identity, definition: str) -> str:
        values = other.rows.get(identity.kind, {}).get(identity.name)
        theirs = "" if values is None else str(values[_place(identity.kind)])
        return theirs if _mark(theirs) == definition else definition

    return _each(catalog, found)


def refuse_withheld(catalog: Catalog, among: Container[Identity] | None = None) -> None:
    """Errors: SnapshotUnfit, naming the routines, if given `among` some, of which the body is not there."""
    names = [str(identity) for identity in _withheld(catalog) if among is None or identity in among]
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise SnapshotUnfit(
            f"the plan changes or drops {', '.join(names[:_SHOWN])}{more}, and the snapshot holds no bodies of "
            "routines, which its rollback brings back: take it with 'schemadiff snapshot --bodies'"
        )


def _withheld(catalog: Catalog) -> Iterator[Identity]:
    for cls in _KINDS:
        place = _place(cls.KIND)
        for name, values in catalog.rows.get(cls.KIND, {}).items():
            if str(values[place]).startswith(_WITHHELD):
                yield Identity(cls.KIND, Quoted(name))


def _each(catalog: Catalog, change: _Change) -> Catalog:
    rows = {cls.KIND: dict(_changed(cls.KIND, catalog.rows.get(cls.KIND, {}), change)) for cls in _KINDS}
    return replace(catalog, rows=catalog.rows | rows, _built={})


def _changed(kind: str, rows: dict[str, Values], change: _Change) -> Iterator[tuple[str, Values]]:
    place = _place(kind)
    for name, values in rows.items():
        new = change(Identity(kind, Quoted(name)), str(values[place]))
        yield name, (*values[:place], new, *values[place + 1 :])


def _place(kind: str) -> int:
    return next(cls.COLUMNS.index("definition") for cls in _KINDS if kind == cls.KIND)


def _mark(definition: str) -> str:
    return f"{_WITHHELD}{sha256(definition.encode()).hexdigest()}"
