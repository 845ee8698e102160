"""Server processes on private data directories, and one for each database where databases must not share roles."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemadiff.scratch.installing.data_directory import SUPERUSER, copy_data_directory
from schemadiff.scratch.installing.installation import Installation
from schemadiff.scratch.running.account import Account
from schemadiff.scratch.running.process import ServerProcess, start_server
from schemadiff.scratch.running.runs import Run, claimed_run, data_folder_in_memory


@dataclass(slots=True)
class Cluster:
    """A running server with its data directory."""

    run: Run
    programs: Installation
    account: Account | None
    process: ServerProcess

    @property
    def parameters(self) -> dict[str, str]:
        """How its superuser connects."""
        return {"user": SUPERUSER, "host": str(self.run.socket)}

    @property
    def url(self) -> str:
        """A libpq URL for its database postgres."""
        return f"postgresql://{SUPERUSER}@/postgres?host={self.run.socket}"

    @contextmanager
    def stopped(self) -> Iterator[Path]:
        """Its data directory while the server is stopped, so that it can be copied; it must have no sessions."""
        self.process.stop(signal.SIGINT)
        try:
            yield self.run.data
        finally:
            self.process = _started(self.run, self.programs, self.account)


@contextmanager
def cluster(
    source: Path, cache: Path, account: Account | None, programs: Callable[[Run], Installation]
) -> Iterator[Cluster]:
    """A server on a copy of the data directory `source`, removed afterwards; `programs` are told its folder."""
    with claimed_run(cache, account) as run, ExitStack() as stack:
        copy_data_directory(source, data_folder_in_memory(run.folder, account))
        installed = programs(run)
        started = Cluster(run, installed, account, _started(run, installed, account))
        stack.callback(lambda: started.process.stop())  # the process is another one after `stopped`
        yield started


def _started(run: Run, programs: Installation, account: Account | None) -> ServerProcess:
    settings = {"unix_socket_directories": str(run.socket)}
    return start_server(programs, run.data, account=account, log=run.log, settings=settings)


class Clusters:
    """Clusters by the database that each of them is for; they are copies of the data directory `source`."""

    def __init__(self, source: Path, cache: Path, account: Account | None, programs: Installation) -> None:
        self._source, self._cache, self._account, self._programs = source, cache, account, programs
        self._running: dict[str, tuple[Cluster, ExitStack]] = {}

    def add(self, database: str, like: str | None) -> None:
        """A cluster for `database`: a copy of the one for `like`, which must have no sessions, or a new one."""
        if like is None:
            self._start(database, self._source)
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

    def _start(self, database: str, data: Path) -> None:
        with ExitStack() as stack:
            started = stack.enter_context(cluster(data, self._cache, self._account, lambda _: self._programs))
            self._running[database] = started, stack.pop_all()
