"""Tables that are dropped: moved to the archive with their parts where these can go along, else their rows copied."""

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.table import Table
from schemadiff.planning.archive.archive import Choice
from schemadiff.planning.archive.columns import value_of
from schemadiff.planning.archive.moved_tables import moves, parts_by_table
from schemadiff.planning.archive.saved.tables import CopiedTable, MovedTable
from schemadiff.planning.archive.sequences import last_value_of


def save_dropped(choice: Choice) -> None:
    """Move or copy every table; the rows of a partitioned one are its partitions'."""
    live = choice.up.live
    tables = {identity: table for identity in choice.dropped() if isinstance(table := live[identity], Table)}
    parts = parts_by_table(tables.keys(), choice.up)
    choice.moves.update(moves(tables, parts, choice))
    for identity, table in tables.items():
        if identity in choice.moves:
            choice.saved[identity] = MovedTable(choice.places.free(identity), table.identity)
        elif table.partition_key is None:
            _copy(table, parts[identity], choice)


def _copy(table: Table, parts: set[Identity], choice: Choice) -> None:
    objects = (choice.up.live[part] for part in parts)
    columns = [part for part in objects if isinstance(part, Column) and part.within() == table.id]
    columns.sort(key=Column.sort_key)
    values = tuple(value_of(column, choice.up) for column in columns if not column.generated)
    if values:
        counted = [column for column in columns if column.identity_kind and not column.inherits]
        counters = tuple(last_value_of(column, choice.places) for column in counted)
        place = choice.places.free(table.id)
        choice.saved[table.id] = CopiedTable(place, table.identity, values, table.force_row_security, counters)
