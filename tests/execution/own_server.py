"""A server of a test's own, which it may restart, cut off and fill up."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.running.account import initialising_account


@dataclass
class OwnServer:
    """A server on a free port of loopback, whose data are in `folder`."""

    folder: Path
    programs: Path
    settings: tuple[str, ...] = ()
    port: int = field(default=0, init=False)

    def url(self, database: str = "postgres") -> str:
        """A superuser's URL."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def program(self, name: str, *arguments: str) -> None:
        """Run one of the programs to its end, as who may run a server."""
        done = subprocess.run([self.programs / name, *arguments], capture_output=True, text=True, **self._as_account())  # type: ignore[call-overload]
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start, and wait until it answers."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        settings = ("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", *self.settings)
        words = [word for setting in settings for word in ("-c", setting)]
        command = [self.programs / "postgres", "-D", str(self.folder), *words]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_account())  # type: ignore[call-overload]
        end = time.monotonic() + 30
        while True:
            try:
                with closing(psycopg.connect(self.url())):
                    return
            except psycopg.OperationalError:
                assert time.monotonic() < end, self.log()
                assert self._process.poll() is None, self.log()
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT cuts sessions off, SIGQUIT does not even write a checkpoint."""
        self._process.send_signal(how)
        self._process.wait(30)

    def log(self) -> str:
        """The end of what it said."""
        return (self.folder.parent / f"{self.folder.name}.log").read_text()[-2000:]

    def _as_account(self) -> dict[str, object]:
        account = initialising_account()
        known = {"env": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}, "cwd": "/"}
        return known | ({"user": account.uid, "group": account.gid, "extra_groups": []} if account else {})


@contextmanager
def own_server(*settings: str, root: Path | None = None) -> Iterator[OwnServer]:
    """A new server with these settings, on a disk of its own if there is a `root`."""
    binaries = find_binaries(17)
    home = Path(tempfile.mkdtemp(prefix="schemadiff-own-", dir=root))
    account = initialising_account()
    data = home / "data"
    data.mkdir(mode=0o700)
    if account:
        for folder in (home, data):
            os.chown(folder, account.uid, account.gid)
    server = OwnServer(data, binaries.programs, ("fsync=off", *settings))
    try:
        words: Sequence[str] = (
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--wal-segsize=1",
        )
        server.program("initdb", f"--pgdata={data}", *words)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(home, ignore_errors=True)
