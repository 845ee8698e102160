"""What desired files leave open: it stays as it is on live.

A file that says CREATE EXTENSION without a version does not ask for an update, and one that names no owner does
not change the owner of a table.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.sql import Sql, literal, quote_ident
from schemadiff.desired.files import Desired
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.parse_tree import options
from schemadiff.planning.grants.owners import owned_with


def with_versions(
    desired: Desired, live: Catalog, chosen: Mapping[str, str], available: Collection[tuple[str, str]]
) -> Desired:
    """The files with the version that live has, or would have, in every CREATE EXTENSION that names none.

    `chosen` is the version by name that live's server takes by itself, `available` holds name and version of what the
    scratch server can install.
    """
    statements = tuple(_versioned(statement, live, chosen, available) for statement in desired.statements)
    return replace(desired, statements=statements)


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


def _versioned(
    statement: DesiredStatement, live: Catalog, chosen: Mapping[str, str], available: Collection[tuple[str, str]]
) -> DesiredStatement:
    if statement.tag != "CreateExtensionStmt" or "new_version" in dict(options(statement.tree)):
        return statement
    name = str(statement.tree.get("extname"))
    values = live.rows.get(Extension.KIND, {}).get(quote_ident(name))
    version = Extension.of(values).version if values is not None else chosen.get(name)
    if version is None or (name, version) not in available:
        return statement
    return replace(statement, sql=f"{statement.sql} VERSION {literal(version)}")
