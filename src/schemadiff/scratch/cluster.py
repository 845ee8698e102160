"""Server processes on private data directories, and one for each database where databases must not share roles."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

import psycopg

from schemadiff.catalog.scope import REACHING_OUT
from schemadiff.catalog.versions import GUARDS_ROLES
from schemadiff.scratch.addresses import private, url_of
from schemadiff.scratch.confinement.cell import Cell
from schemadiff.scratch.installing.data_directory import BOOTSTRAP, copy_data_directory
from schemadiff.scratch.installing.installation import Installation
from schemadiff.scratch.installing.platform_template import session_at
from schemadiff.scratch.running.account import Account
from schemadiff.scratch.running.process import ServerProcess, start_server
from schemadiff.scratch.running.runs import Run, claimed_run, data_folder_in_memory


def random_superuser() -> str:
    """A name for a superuser that no file can know beforehand."""
    return f"schemadiff_{token_hex(6)}"


@dataclass(frozen=True, slots=True)
class Household:
    """What clusters share: where they live, whom their files belong to, what shuts them in, who is superuser."""

    cache: Path
    account: Account | None
    cell: Cell
    superuser: str = field(default_factory=random_superuser)


@dataclass(slots=True)
class Cluster:
    """A running server with its data directory."""

    run: Run
    programs: Installation
    shared: Household
    process: ServerProcess

    @property
    def parameters(self) -> dict[str, str]:
        """How its superuser connects."""
        return private(self.shared.superuser, self.run.socket)

    @property
    def url(self) -> str:
        """A libpq URL for its database postgres."""
        return url_of(self.parameters, "postgres")

    def name_superuser(self) -> psycopg.Connection:
        """Names the superuser of a copy of the cached data directory; returns the session in which it is done."""
        session = session_at(url_of(private(BOOTSTRAP, self.run.socket), "postgres"))
        # nobody may rename the user of a session with ALTER ROLE
        session.execute("UPDATE pg_catalog.pg_authid SET rolname = %s WHERE oid = 10", [self.shared.superuser])
        if session.info.server_version < GUARDS_ROLES:
            # whoever has CREATEROLE there may grant all roles but those of superusers, also to itself
            query = "UPDATE pg_catalog.pg_authid SET rolsuper = true WHERE rolname = ANY (%s)"
            session.execute(query, [list(REACHING_OUT)])
        return session

    @contextmanager
    def stopped(self) -> Iterator[Path]:
        """Its data directory while the server is stopped, so that it can be copied; it must have no sessions."""
        self.process.stop(signal.SIGINT)
        try:
            yield self.run.data
        finally:
            self.process = _started(self.run, self.programs, self.shared)


@contextmanager
def cluster(source: Path, shared: Household, programs: Callable[[Run], Installation]) -> Iterator[Cluster]:
    """A server on a copy of the data directory `source`, removed afterwards; `programs` are told its folder."""
    with claimed_run(shared.cache, shared.account) as run, ExitStack() as stack:
        copy_data_directory(source, data_folder_in_memory(run.folder, shared.account), shared.account)
        installed = programs(run)
        started = Cluster(run, installed, shared, _started(run, installed, shared))
        stack.callback(lambda: started.process.stop())  # the process is another one after `stopped`
        yield started


def _started(run: Run, programs: Installation, shared: Household) -> ServerProcess:
    settings = {"unix_socket_directories": str(run.socket)}
    return start_server(programs, run.data, account=shared.account, log=run.log, settings=settings, cell=shared.cell)


class Clusters:
    """Clusters by the database that each of them is for; they are copies of the data directory `source`."""

    def __init__(self, source: Path, shared: Household, programs: Installation) -> None:
        self._source, self._shared, self._programs = source, shared, programs
        self._running: dict[str, tuple[Cluster, ExitStack]] = {}

    def add(self, database: str, like: str | None) -> None:
        """A cluster for `database`: a copy of the one for `like`, which must have no sessions, or a new one."""
        if like is None:
            self._start(database, self._source).name_superuser().close()
            return
        with self._running[like][0].stopped() as data:
            self._start(database, data)

    def of(self, database: str) -> Cluster | None:
        """The cluster for `database`, if there is one."""
        found = self._running.get(database)
        return found[0] if found else None

    def drop(self, database: str) -> None:
        """End the cluster for `database`, if there is one."""
        if database in self._running:
            self._running.pop(database)[1].close()

    def close(self) -> None:
        """End all of them."""
        for database in list(self._running):
            self.drop(database)

    def _start(self, database: str, data: Path) -> Cluster:
        with ExitStack() as stack:
            started = stack.enter_context(cluster(data, self._shared, lambda _: self._programs))
            self._running[database] = started, stack.pop_all()
        return started
