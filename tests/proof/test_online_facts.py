"""Locks, scans and rewrites of each kind of schema change, measured as the rehearsal measures them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest

from schemadiff.plans.observation import LOCK_MODES, Observation
from schemadiff.proof.watching.blocking_writers import BlockingWriters
from schemadiff.proof.watching.observation import Connection, Observer
from schemadiff.scratch.server import ScratchServer

from .online_ddl import ASIDE, BASE, CHANGES_BASE, CITEXT, REFUSED, ROWS, Refused, Row

SHORT = dict(zip(("AS", "RS", "RE", "SUE", "S", "SRE", "E", "AE"), LOCK_MODES, strict=True))


class Ground:
    """A database with the tables of the table, and two sessions in it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.connection: Connection = psycopg.connect(url, autocommit=True)
        self._sessions = ExitStack()
        self._writers = BlockingWriters(self._writer)
        self.major = self.connection.info.server_version // 10000
        query = "SELECT FROM pg_available_extensions WHERE name = 'citext'"
        self.citext = self.connection.execute(query).fetchone() is not None
        self._used = True

    def prepare(self, setup: str) -> None:
        """Bring the tables into the state before a statement."""
        if self._used:
            self.connection.execute(BASE.encode())
        self.connection.execute(ASIDE.encode())
        self.connection.execute(setup.encode())
        self._used = CHANGES_BASE.search(setup) is not None

    def see(self, statement: str) -> Observation:
        """What a statement does; it is rolled back if that is possible."""
        observer = Observer(self.connection)
        alone = any(word in statement for word in ("CONCURRENTLY", "VACUUM")) and "REFRESH" not in statement
        if not alone:
            self.connection.execute("BEGIN")
            seen = observer.watch(lambda: self.connection.execute(statement.encode()))
            self.connection.execute("ROLLBACK")
            return seen
        self._used = True
        pid = self.connection.info.backend_pid
        return observer.compare(
            self._writers.locks(statement, lambda: self.connection.execute(statement.encode()), pid)
        )

    def _writer(self) -> Connection:
        writer = self._sessions.enter_context(psycopg.connect(self._url, autocommit=True))
        writer.execute("SET search_path = x, o, public")
        return writer

    def close(self) -> None:
        """End the sessions."""
        self.connection.close()
        self._sessions.close()


@pytest.fixture(scope="module", params=["server15", "server17"])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """Ground on a database of its own on each of the servers."""
    server: ScratchServer = request.getfixturevalue(request.param)
    server.create_database("online_ddl")
    made = Ground(server.url("online_ddl"))
    yield made
    made.close()
    server.drop_database("online_ddl")


def name_of(row: Row | Refused) -> str:
    return f"{row.setup}: {row.statement}" if row.setup else row.statement


def test_every_row_of_the_table(ground: Ground) -> None:
    wrong = [
        f"{name_of(row)}\n    not {line}"
        for row in ROWS
        if ground.major in row.majors and (ground.citext or CITEXT not in row.setup)
        for line in differences(row, ground)
    ]
    assert not wrong, "\n".join(wrong)


def differences(row: Row, ground: Ground) -> Iterator[str]:
    ground.prepare(row.setup)
    seen = ground.see(row.statement)
    wanted = {name: SHORT[mode] for name, _, mode in (word.partition(":") for word in row.locks.split())}
    locks = {short(lock.relation): lock.mode for lock in seen.locks}
    if wanted != (found := {name: mode for name, mode in locks.items() if name in wanted or not implied(name, seen)}):
        yield f"{wanted} but {found}"
    for words, names in (
        (row.scanned, seen.scanned),
        (row.rewritten, seen.rewritten),
        (row.rebuilt, seen.rebuilt),
    ):
        if words.split() != [short(name) for name in names]:
            yield f"{words!r} but {names}"


def short(name: str) -> str:
    return name.removeprefix("o.").removeprefix("x.")


def implied(name: str, seen: Observation) -> bool:
    """Whether a lock is that of an index or sequence, no stronger than its table's."""
    modes = {lock.relation: LOCK_MODES.index(lock.mode) for lock in seen.locks}
    return any(
        short(lock.relation) == name and lock.table is not None and modes.get(lock.table, -1) >= modes[lock.relation]
        for lock in seen.locks
    )


def test_what_postgres_refuses(ground: Ground) -> None:
    wrong = []
    for row in REFUSED:
        if ground.major in row.majors:
            ground.prepare(row.setup)
            state = refusal(lambda row=row: ground.connection.execute(row.statement.encode()))  # type: ignore[misc]
            wrong += [f"{name_of(row)}\n    {state}"] if state != row.sqlstate else []
    assert not wrong, "\n".join(wrong)


def refusal(run: Callable[[], object]) -> str | None:
    try:
        run()
    except psycopg.Error as error:
        return error.sqlstate
    return None
