"""What a @renamed annotation names, as identities write it: columns, indexes, routines, other parts of tables.

A parser knows less than the catalog: neither the kind of what it reads about nor the arguments of a routine.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.forms import named_parts
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.aggregate import Aggregate
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.sql import Quoted, quote_ident

if TYPE_CHECKING:  # reading files is not needed to compare databases
    from schemadiff.desired.reading.annotations import Renamed

_ROUTINES = (Function.KIND, Procedure.KIND, Aggregate.KIND)


def annotated_objects(note: "Renamed", desired: Catalog) -> Iterator[tuple[str, str, str]]:
    """Kind, old and new name of what the annotation can mean."""
    old, new = _names(note)
    for kind, rows in desired.rows.items():
        if new in rows:
            yield kind, old, new
        if kind in _ROUTINES:
            for name in rows:
                if name.startswith(f"{new}("):
                    yield kind, old + name.removeprefix(new), name


def annotated_parts(note: "Renamed", desired: Catalog) -> Iterator[tuple[Identity, tuple[str, str]]]:
    """Types of which the annotation can mean a label or an attribute, with its old and new name."""
    declared = note.object
    if declared.schema is None or declared.relation is None:
        return
    name = Quoted(f"{quote_ident(declared.schema)}.{quote_ident(declared.relation)}")
    for kind in desired.rows:
        identity = Identity(kind, name)
        if identity in desired and declared.name in named_parts(desired[identity]):
            yield identity, (note.old, declared.name)


def _names(note: "Renamed") -> tuple[str, str]:
    """Old and new name; a part of a table is named under the table's new name."""
    declared = note.object
    if declared.schema is None:
        return quote_ident(note.old), quote_ident(declared.name)
    schema = quote_ident(declared.schema)
    old, new = quote_ident(note.old), quote_ident(declared.name)
    if declared.kind == Column.KIND:
        relation = f"{schema}.{quote_ident(declared.relation or '')}"
        return f"{relation}.{old}", f"{relation}.{new}"
    if declared.relation is not None and declared.kind != Index.KIND:
        relation = f"{schema}.{quote_ident(declared.relation)}"
        return f"{old} ON {relation}", f"{new} ON {relation}"
    return f"{quote_ident(note.old_schema or declared.schema)}.{old}", f"{schema}.{new}"
