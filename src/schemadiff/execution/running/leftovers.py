"""Statements that Postgres runs only outside of transactions, and what they leave when cut short."""

from pglast import ast
from pglast.enums import AlterTableType, ObjectType
from psycopg import sql

from schemadiff.connection import Connection
from schemadiff.execution.events import Leftover

_ALONE = (
    ast.VacuumStmt,
    ast.ReindexStmt,
    ast.ClusterStmt,
    ast.AlterSystemStmt,
    ast.CreatedbStmt,
    ast.DropdbStmt,
    ast.AlterDatabaseStmt,
    ast.CreateTableSpaceStmt,
    ast.DropTableSpaceStmt,
    ast.CreateSubscriptionStmt,
    ast.AlterSubscriptionStmt,
    ast.DropSubscriptionStmt,
    ast.CallStmt,
    ast.DoStmt,
)
"""Statements that a transaction block forbids, or that may commit by themselves."""

_INDEX_VALID = """
SELECT index.indisvalid
  FROM pg_index AS index
  JOIN pg_class AS relation ON relation.oid = index.indexrelid
  JOIN pg_class AS "table" ON "table".relnamespace = relation.relnamespace
 WHERE relation.relname = %s AND "table".oid = to_regclass(%s)
"""

_DETACH_PENDING = """
SELECT inhdetachpending FROM pg_inherits WHERE inhparent = to_regclass(%s) AND inhrelid = to_regclass(%s)
"""


def runs_alone(tree: ast.Node) -> bool:
    """Whether the statement cannot share a transaction with the ledger row that records it."""
    if isinstance(tree, ast.IndexStmt | ast.DropStmt):
        return bool(tree.concurrent)
    return isinstance(tree, _ALONE) or _detached(tree) is not None


def lock_timeout_of(tree: ast.Node) -> str | None:
    """What a statement sets lock_timeout to, if it does."""
    if not isinstance(tree, ast.VariableSetStmt) or tree.name != "lock_timeout":
        return None
    value = getattr(tree.args[0], "val", None) if tree.args else None
    if isinstance(value, ast.Integer):
        return f"{value.ival or 0}ms" if value.ival else "0"
    return str(value.sval) if isinstance(value, ast.String) else None


def stands_already(connection: Connection, tree: ast.Node) -> bool:
    """Whether the index that a CREATE INDEX CONCURRENTLY makes is there, valid or not."""
    return isinstance(tree, ast.IndexStmt) and _index_valid(connection, tree) is not None


def settle(connection: Connection, tree: ast.Node) -> tuple[Leftover, str] | None:
    """Bring what an interrupted statement left behind to an end, as the catalog shows it.

    Returns what it was and the name of the index or partition, None when there was nothing. The statement has to run
    again after that, and after an invalid index, which is dropped; else it is done.
    """
    if isinstance(tree, ast.IndexStmt):
        return _settle_index(connection, tree)
    if isinstance(tree, ast.DropStmt):
        names = _dropped(tree)
        gone = all(_regclass(connection, name) is None for name in names)
        return (Leftover.INDEX_DROPPED, names[0][-1]) if gone else None
    partition = _detached(tree)
    if partition is not None and isinstance(tree, ast.AlterTableStmt):
        return _settle_detach(connection, tree, partition)
    return None


def remove_invalid_index(connection: Connection, tree: ast.Node) -> str | None:
    """Drop the invalid index that a failed CREATE INDEX CONCURRENTLY left; returns its name if there was one."""
    if not isinstance(tree, ast.IndexStmt) or _index_valid(connection, tree) is not False:
        return None
    assert tree.relation is not None
    name = sql.Identifier(*_parts(tree.relation)[:-1], str(tree.idxname))
    connection.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(name))
    return str(tree.idxname)


def _settle_index(connection: Connection, tree: ast.IndexStmt) -> tuple[Leftover, str] | None:
    if _index_valid(connection, tree):
        return Leftover.INDEX_BUILT, str(tree.idxname)
    name = remove_invalid_index(connection, tree)
    return None if name is None else (Leftover.INDEX_INVALID, name)


def _settle_detach(
    connection: Connection, tree: ast.AlterTableStmt, partition: ast.RangeVar
) -> tuple[Leftover, str] | None:
    assert tree.relation is not None
    names = [_quoted(connection, _parts(tree.relation)), _quoted(connection, _parts(partition))]
    row = connection.execute(_DETACH_PENDING, names).fetchone()
    if row is None:
        return Leftover.PARTITION_DETACHED, str(partition.relname)
    if not row[0]:
        return None
    identifiers = sql.Identifier(*_parts(tree.relation)), sql.Identifier(*_parts(partition))
    connection.execute(sql.SQL("ALTER TABLE {} DETACH PARTITION {} FINALIZE").format(*identifiers))
    return Leftover.DETACH_PENDING, str(partition.relname)


def _index_valid(connection: Connection, tree: ast.IndexStmt) -> bool | None:
    """Whether the index is valid; None when there is none of its name."""
    if tree.idxname is None or tree.relation is None:
        return None
    table = _quoted(connection, _parts(tree.relation))
    row = connection.execute(_INDEX_VALID, [tree.idxname, table]).fetchone()
    return None if row is None else bool(row[0])


def _detached(tree: ast.Node) -> ast.RangeVar | None:
    """The partition that an ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY takes off."""
    if isinstance(tree, ast.AlterTableStmt):
        for command in tree.cmds or ():
            if command.subtype == AlterTableType.AT_DetachPartition and command.def_.concurrent:
                partition: ast.RangeVar = command.def_.name
                return partition
    return None


def _dropped(tree: ast.DropStmt) -> list[tuple[str, ...]]:
    assert tree.removeType == ObjectType.OBJECT_INDEX
    return [tuple(part.sval for part in name) for name in tree.objects or ()]


def _regclass(connection: Connection, parts: tuple[str, ...]) -> object:
    row = connection.execute("SELECT to_regclass(%s)", [_quoted(connection, parts)]).fetchone()
    return row and row[0]


def _parts(relation: ast.RangeVar) -> tuple[str, ...]:
    name = str(relation.relname)
    return (relation.schemaname, name) if relation.schemaname else (name,)


def _quoted(connection: Connection, parts: tuple[str, ...]) -> str:
    return sql.Identifier(*parts).as_string(connection)
