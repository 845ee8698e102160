"""Postgres is asked for every cell of a matrix: SET ROLE, and a real query."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import TupleRow

from schemadiff.access.matrix import Access, Cell
from schemadiff.access.reach import Extent
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.view_column import ViewColumn
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.surroundings import read_surroundings
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.scratch.server import ScratchServer

LIBRARY = Path(__file__).with_name("library.sql").read_text(encoding="utf-8")

ROLES = tuple(
    map(Quoted, ("PUBLIC", "anon", "authenticated", "service_role", "librarian", "guard", "curator", "auditor"))
)

ALL_ROLES = "guard, librarian, auditor, anon, authenticated, service_role, curator, nobody_else"

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True)
class Answer:
    """What Postgres says: how many rows an action got at, or why it did not."""

    rows: int = 0
    denied: bool = False
    by_policy: bool = False


@pytest.fixture
def library(server17: ScratchServer, fresh_database: Callable[..., str]) -> Iterator[Connection]:
    """The library's database; its roles go with it."""
    with psycopg.connect(fresh_database(server17), autocommit=True) as connection:
        connection.execute(LIBRARY.encode())
        yield connection
        connection.execute("DROP OWNED BY curator CASCADE")
        for schema in ("public", "vault"):
            connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
        connection.execute(f"DROP ROLE {ALL_ROLES}".encode())


def test_every_cell(library: Connection) -> None:
    """All differences at once: one wrong rule shows in many cells."""
    scope = Scope.of()
    access = Access(inspect(library, scope), read_surroundings(library, scope))
    wrong, asked = [], 0
    for cell in access.cells(ROLES):
        answer = _asked(library, cell, access.catalog)
        asked += 1
        if not _agrees(cell, answer, library):
            wrong.append(f"{cell.role} {cell.action} {cell.object}: {cell.reach} but {answer}")
    assert asked > 1000
    assert not wrong, "\n".join(wrong)


def _asked(connection: Connection, cell: Cell, catalog: Catalog) -> Answer:
    role = "nobody_else" if cell.role == "PUBLIC" else cell.role
    connection.execute("BEGIN")
    try:
        connection.execute(f"SET LOCAL ROLE {role}".encode())
        cursor = connection.execute(_question(cell, catalog).encode())
        if cell.action in ("EXECUTE", "USAGE", "CREATE") or cell.object.kind == "sequence":
            return _of_value(cursor.fetchone(), cell, role, _owner(catalog, cell.object))
        return Answer(cursor.rowcount)
    except psycopg.errors.InsufficientPrivilege as error:
        return Answer(denied=True, by_policy="row-level security" in str(error))
    except psycopg.errors.ObjectNotInPrerequisiteState:
        return Answer(denied=True)  # the view takes none
    finally:
        connection.execute("ROLLBACK")


def _owner(catalog: Catalog, identity: Identity) -> str:
    """Who owns an object."""
    keyword = identity.kind.upper()
    return str(catalog.rows["owner"][f"{keyword} {identity.name}"][3])


def _of_value(row: TupleRow | None, cell: Cell, role: str, owner: str) -> Answer:
    if cell.object.kind == "schema":
        return Answer(denied=row != (True,))
    if cell.action == "EXECUTE" and row in ((role,), (owner,)):
        assert row is not None
        assert row[0] == (owner if cell.reach.acting else role), cell
    return Answer(1)


def _question(cell: Cell, catalog: Catalog) -> str:
    name = cell.object.name
    columns = sorted(cell.reach.columns or _columns(catalog, cell.object))
    match cell.object.kind, cell.action:
        case "schema", action:
            return f"SELECT has_schema_privilege('{name}', '{action}')"
        case "sequence", action:
            asked = {"USAGE": f"nextval('{name}')", "SELECT": "last_value", "UPDATE": f"setval('{name}', 7)"}[action]
            return f"SELECT {asked}" + (f" FROM {name}" if action == "SELECT" else "")
        case _, "EXECUTE":
            return f"SELECT {name}::text"
        case _, "TRUNCATE":
            return f"TRUNCATE {name}"
        case _, "SELECT":
            return f"SELECT {', '.join(columns)} FROM {name}"
        case _, "INSERT" if cell.reach.columns:
            return f"INSERT INTO {name} ({columns[0]}) VALUES (DEFAULT)"
        case _, "INSERT":
            return f"INSERT INTO {name} DEFAULT VALUES"
        case _, "UPDATE":
            return f"UPDATE {name} SET {columns[-1]} = DEFAULT"
        case _, "DELETE":
            return f"DELETE FROM {name}"
    raise AssertionError(cell)


def _columns(catalog: Catalog, identity: Identity) -> list[str]:
    found: list[str] = [column.name for column in catalog.of(Column) if column.table == identity.name]
    return [*found, *(column.name for column in catalog.of(ViewColumn) if column.view == identity.name)]


def _agrees(cell: Cell, answer: Answer, connection: Connection) -> bool:
    reach = cell.reach
    if not reach.reaches and not reach.hidden:
        return answer.denied and not answer.by_policy
    if cell.action == "INSERT":
        return answer.by_policy if reach.hidden else not answer.denied or reach.extent is Extent.SOME
    if reach.hidden:
        return answer == Answer(0)
    if answer.denied:
        return False
    if cell.object.kind not in ("table", "view", "materialized view") or cell.action == "TRUNCATE":
        return True
    total = connection.execute(f"SELECT count(*) FROM {cell.object.name}".encode()).fetchone()
    assert total is not None
    if reach.extent is Extent.EVERYTHING:
        return bool(answer.rows == total[0])
    return bool(answer.rows < total[0] or cell.object.kind == "view")
