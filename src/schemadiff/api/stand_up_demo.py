"""A throwaway database with rows, and the files of a project that declares what it should become."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from schemadiff.demo.state import DESIRED, TEMPLATES, before_sql, demo_files, rows_sql
from schemadiff.scratch.standing import StandingServer, standing_server, stop_standing_server

_TABLES = ("hubspot_bookings", "hubspot_contact_credits", "hubspot_mock_exams")


@dataclass(frozen=True, slots=True)
class Demo:
    """A running database at `url` and the folder `project` with desired files; `origin` says whose Postgres runs."""

    url: str
    origin: str
    project: Path

    def rows(self) -> dict[str, int]:
        """How many rows each table of the demo holds now."""
        counted = {}
        with psycopg.connect(self.url) as connection:
            for table in _TABLES:
                query = SQL("SELECT count(*) FROM {}").format(Identifier("hubspot_sync", table))
                (counted[f"hubspot_sync.{table}"],) = connection.execute(query).fetchone() or (0,)
        return counted


@contextmanager
def demo_database(name: str = "demo", *, keep: bool = False) -> Iterator[Demo]:
    """A Supabase-like Postgres with a few thousand rows, on a port of its own; removed afterwards unless `keep`.

    One of the same name from an earlier time is stopped and removed first. It is removed, too, where the block raises.
    Errors: ScratchError.
    """
    with standing_server(name, profile="supabase") as server:
        _load(server)
        project = server.folder / "project"
        for folder in (DESIRED, TEMPLATES):
            shutil.copytree(demo_files() / folder, project / folder)
        yield Demo(server.url, server.origin, project)
        server.keep = keep


def stop_demo_database(name: str = "demo") -> None:
    """Stop a database that was kept, and remove its files; does nothing if there is none."""
    stop_standing_server(name)


def _load(server: StandingServer) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute(before_sql().encode())
        connection.execute(rows_sql().encode())
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("ANALYZE")
