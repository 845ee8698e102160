"""schemadiff as a user runs it: a process in a project's folder, with a database in its environment."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from schemadiff.connection_string import split_secrets
from schemadiff.scratch.installing.binaries import find_binaries

TABLES = ("hubspot_bookings", "hubspot_contact_credits", "hubspot_mock_exams")

FINISHED = 120
"""Seconds after which a command hangs for good."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command left: its exit code and both streams."""

    code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


@dataclass(frozen=True, slots=True)
class Shell:
    """A project's folder and its live database."""

    folder: Path
    url: str

    def __call__(self, *arguments: str, code: int = 0) -> Finished:
        """Run schemadiff to its end; it must exit with `code` and never with a traceback."""
        with self.start(*arguments) as process:
            stdout, stderr = process.communicate(timeout=FINISHED)
        finished = Finished(process.returncode, stdout, stderr)
        assert finished.code == code, finished.output
        assert "Traceback" not in stderr
        return finished

    @contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start schemadiff; it is killed when the block ends before it does."""
        secrets = {name: value for name, value in os.environ.items() if name.startswith("SCHEMADIFF_SECRET_")}
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "SCHEMADIFF"))}
        process = subprocess.Popen(
            [sys.executable, "-m", "schemadiff", *arguments],
            cwd=self.folder,
            env=variables | secrets | {"DATABASE_URL": self.url},
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def plan(self, *arguments: str) -> str:
        """Make a plan and return its directory, which alone stands on stdout."""
        return self("plan", *arguments).stdout.strip()

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(sql.encode())

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql.encode()).fetchall()

    def dump(self) -> str:
        """The schema as pg_dump prints it, without the ledger."""
        with psycopg.connect(self.url) as connection:
            major = connection.info.server_version // 10000
        beside = find_binaries(major).programs / "pg_dump"
        program = beside if beside.is_file() else shutil.which("pg_dump")
        assert program, "no pg_dump of the server's version is installed"
        connection, password = split_secrets(self.url)
        command = [program, "--schema-only", "--exclude-schema=schemadiff", f"--dbname={connection}"]
        variables = {"PATH": os.defpath} | password
        run = subprocess.run(command, env=variables, check=True, capture_output=True, text=True, timeout=FINISHED)
        # newer versions of pg_dump put a random word into these two lines
        return re.sub(r"^\\(un)?restrict .*$", "", run.stdout, flags=re.MULTILINE)

    def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of the real input's tables, in the order of their keys."""
        return {table: self.rows(f"SELECT * FROM hubspot_sync.{table} ORDER BY id") for table in TABLES}
