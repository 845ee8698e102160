"""Owners that desired files leave open: they stay as they are on live."""

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.sql import Sql
from schemadiff.planning.grants.owners import owned_with


def owners(wanted: Catalog, live: Catalog) -> tuple[Sql, ...]:
    """Statements that give objects the owner that they have on live, where the files name none.

    An object of the loading role has no owner in the files. A role that they no longer declare gets nothing.
    """
    found: list[Sql] = []
    for name, values in wanted.rows.get(Owner.KIND, {}).items():
        theirs = live.rows.get(Owner.KIND, {}).get(name)
        if theirs is None or theirs == values:
            continue
        mine, owner = Owner.of(values), Owner.of(theirs)
        given = owned_with(wanted[mine.within()]) is not None  # with the table it belongs to
        gone = owner.role in live.rows[Role.KIND] and owner.role not in wanted.rows[Role.KIND]
        if mine.role == wanted.current_user and not (given or gone):
            found.extend(statement.sql for statement in owner.create())
    return tuple(found)
