"""The real Supabase CLI beside us, where it is installed: what it says of files and of a database's ledger."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

CLI = os.environ.get("SUPABASE_CLI") or shutil.which("supabase")

with_cli = pytest.mark.skipif(
    CLI is None, reason="the Supabase CLI is not installed: npm install supabase@3.1.0, and name it with SUPABASE_CLI"
)


@contextmanager
def listening(url: str) -> Iterator[str]:
    """The database at `url`, which stands behind a socket in a folder, on a port of this machine."""
    with psycopg.connect(url) as connection:
        info = connection.info
        path, user, database = f"{info.host}/.s.PGSQL.{info.port}", info.user, info.dbname
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server, path), daemon=True).start()
        yield f"postgresql://{user}@127.0.0.1:{server.getsockname()[1]}/{database}?sslmode=disable"


def _accept(server: socket.socket, path: str) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            threading.Thread(target=_serve, args=(client, path), daemon=True).start()


def _serve(client: socket.socket, path: str) -> None:
    with client, socket.socket(socket.AF_UNIX) as behind:
        behind.connect(path)
        back = threading.Thread(target=_pass_on, args=(behind, client), daemon=True)
        back.start()
        _pass_on(client, behind)
        back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@dataclass(frozen=True, slots=True)
class SupabaseCli:
    """The CLI in a project's folder, with one database."""

    folder: Path
    url: str

    def __call__(self, *arguments: str) -> str:
        environment = {**os.environ, "DO_NOT_TRACK": "1", "SUPABASE_TELEMETRY_DISABLED": "1"}
        run = subprocess.run(
            [str(CLI), *arguments], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=120,
        )  # fmt: skip
        assert run.returncode == 0, f"{arguments}: {run.stdout}{run.stderr}"
        return run.stdout

    def remote(self, *arguments: str) -> Any:
        """What a command on the database answers, as JSON."""
        return json.loads(self(*arguments, f"--remote={self.url}", "--yes", "--output-format", "json"))

    def push(self) -> None:
        self("db", "push", f"--remote={self.url}", "--yes")

    def listed(self) -> list[tuple[str, str]]:
        """Versions of files and of the ledger, side by side."""
        return [(one["local"], one["remote"]) for one in self.remote("migration", "list")["migrations"]]

    def up_to_date(self) -> bool:
        """Whether there is nothing to push."""
        return bool(self.remote("db", "push", "--dry-run")["upToDate"])
