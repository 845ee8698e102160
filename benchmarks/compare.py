"""How long a comparison of two databases takes, beside its peers in the same run.

    python benchmarks/compare.py                      200 and 1,000 tables against migra and pg_dump
    python benchmarks/compare.py --tables 5000        another size
    python benchmarks/compare.py --pg-delta COMMAND   pg-delta too: the path of its program

Each run is a whole cold process; the median of several is shown, as seconds and as a ratio to schemadiff's, with the
largest memory that one process had.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from schema import statements

from schemadiff.scratch.binaries import find_binaries
from schemadiff.scratch.server import ScratchServer, scratch_server

MIGRA = """
import sys, warnings
warnings.simplefilter("ignore")
from migra import Migration
from sqlalchemy import create_engine
engines = [create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1)) for url in sys.argv[1:]]
with engines[0].connect() as before, engines[1].connect() as after:
    migration = Migration(before, after)
    migration.set_safety(False)
    migration.add_all_changes()
    print(migration.sql)
"""


@dataclass(frozen=True)
class Measured:
    """Seconds of the median run and megabytes of the largest."""

    seconds: float
    megabytes: float


def main() -> None:
    """Measure and print a table."""
    arguments = parsed()
    with scratch_server(17) as server:
        print(f"PostgreSQL {server.version_num // 10000}.{server.version_num % 10000}, {server.origin}")
        print(f"{'tables':>7} {'objects':>8}  {'tool':<22} {'seconds':>8} {'ratio':>6} {'MB':>6}")
        for size in arguments.tables:
            with databases(server, size) as (before, after):
                report(size, commands(before, after, arguments.pg_delta), arguments.runs, before)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pg-delta", metavar="COMMAND")
    return parser.parse_args()


@contextmanager
def databases(server: ScratchServer, size: int) -> Iterator[tuple[str, str]]:
    """URLs of a database with the schema and of one with the changed schema."""
    names = (f"before_{size}", f"after_{size}")
    for name in names:
        server.create_database(name)
        with psycopg.connect(server.url(name), autocommit=True) as connection, connection.pipeline():
            for statement in statements(size, changed=name.startswith("after")):
                connection.execute(statement.encode(), prepare=False)
        with psycopg.connect(server.url(name), autocommit=True) as connection:
            connection.execute("ANALYZE")
    yield server.url(names[0]), server.url(names[1])
    for name in names:
        server.drop_database(name)


def commands(before: str, after: str, pg_delta: str | None) -> dict[str, list[str]]:
    """What is measured; schemadiff first."""
    ours = [sys.executable, "-m", "schemadiff", "diff", "--no-proof", "--renames", "never", before, after]
    found = {"schemadiff diff": ours, "migra": [sys.executable, "-c", MIGRA, before, after]}
    if pg_delta:
        found["pg-delta diff"] = [pg_delta, "diff", "--source", before, "--desired", after]
    programs = find_binaries(17).programs
    found["pg_dump of one side"] = [str(programs / "pg_dump"), "--schema-only", before]
    return found


def report(size: int, tools: dict[str, list[str]], runs: int, url: str) -> None:
    """Print a row for each tool."""
    objects = count_objects(url)
    reference: float | None = None
    for tool, command in tools.items():
        measured = measure(command, runs)
        reference = reference or measured.seconds
        ratio = measured.seconds / reference
        print(f"{size:>7} {objects:>8}  {tool:<22} {measured.seconds:>8.2f} {ratio:>6.1f} {measured.megabytes:>6.0f}")


def count_objects(url: str) -> int:
    """How many objects schemadiff compares in a database."""
    from schemadiff.catalog.inspection import inspect
    from schemadiff.catalog.scope import Scope

    with psycopg.connect(url, autocommit=True) as connection:
        return sum(len(rows) for rows in inspect(connection, Scope.of()).rows.values())


def measure(command: list[str], runs: int) -> Measured:
    """The median time and the largest memory of `runs` runs."""
    seconds, megabytes = [], []
    for _ in range(runs):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - started)
        megabytes.append(usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) not in (0, 2):
            message = process.stderr.read().decode()[-500:] if process.stderr else ""
            sys.exit(f"{command[0]} failed: {message}")
        if process.stderr:
            process.stderr.close()
    return Measured(statistics.median(seconds), max(megabytes))


if __name__ == "__main__":
    main()
