"""How long a comparison of two databases takes, beside its peers in the same run.

    python benchmarks/compare.py                       200 and 1,000 tables with the peers, 5,000 without
    python benchmarks/compare.py --tables 200 --growth 400 --runs 5
    python benchmarks/compare.py --server URL          on a server that is there already (its user may create databases)

The peers are migra (a dependency of schemadiff), pg-delta if its program is named by --pg-delta or PG_DELTA
(npm install @supabase/pg-delta), and pg_dump of one side if it is of the server's version. Each run is a whole cold
process; Python's modules are compiled beforehand, as an installation does it. Tools take turns; the median of their
runs is shown, as seconds and as a ratio to schemadiff's, with the processor time that client and server took (with
--server, the client alone) and the largest memory of the client. On a busy machine, compare processor times.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict
from schema import statements

from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.standing import standing_server

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

OURS = "schemadiff diff"


@dataclass
class Runs:
    """Seconds on the clock, seconds of the processor and megabytes, a number for each run."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print a table."""
    arguments = parsed()
    with server_url(arguments.server) as (url, postmaster), compiled_modules():
        with psycopg.connect(url) as connection:
            version = connection.info.server_version
        print(
            f"PostgreSQL {version // 10000}.{version % 10000}, Python {sys.version.split()[0]}, {os.cpu_count()} cores"
        )
        if not arguments.pg_delta:
            print("pg-delta is not measured: name its program with --pg-delta or PG_DELTA")
        print("\n| tables | objects | tool | seconds | ratio | processor | MB |\n|---|---|---|---|---|---|---|")
        for size in dict.fromkeys([*arguments.tables, *arguments.growth]):
            with databases(url, size) as (before, after):
                tools = commands(before, after, arguments.pg_delta, version // 10000)
                if size not in arguments.tables:
                    tools = {OURS: tools[OURS]}
                report(size, count_objects(before), measured(tools, arguments.runs, postmaster))


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, nargs="+", default=[200, 1000], help="sizes for all tools")
    parser.add_argument("--growth", type=int, nargs="*", default=[5000], help="sizes for schemadiff alone")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--server", metavar="URL", help="instead of a server of our own")
    parser.add_argument("--pg-delta", metavar="PROGRAM", default=os.environ.get("PG_DELTA"))
    return parser.parse_args()


@contextmanager
def server_url(given: str | None) -> Iterator[tuple[str, int | None]]:
    """The URL of a database on a server that listens on TCP, as not every peer knows sockets; and the server's PID."""
    if given:
        yield given, None
        return
    with standing_server("benchmark", major=17) as server:
        with psycopg.connect(server.superuser_url) as connection:
            row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        yield server.url, int(str(row[0]).split()[0]) if row else None


@contextmanager
def compiled_modules() -> Iterator[None]:
    """Lets the processes that start here keep compiled modules, wherever they come from, in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        yield


@contextmanager
def databases(url: str, size: int) -> Iterator[tuple[str, str]]:
    """URLs of a database with the schema and of one with the changed schema."""
    names = (f"benchmark_before_{size}", f"benchmark_after_{size}")
    path = str(conninfo_to_dict(url)["dbname"])
    urls = tuple(url.replace(f"/{path}", f"/{name}") for name in names)
    with psycopg.connect(url, autocommit=True) as admin:
        for name, own in zip(names, urls, strict=True):
            admin.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            admin.execute(f"CREATE DATABASE {name}".encode())
            with psycopg.connect(own, autocommit=True) as connection, connection.pipeline():
                for statement in statements(size, changed=name.startswith("benchmark_after")):
                    connection.execute(statement.encode(), prepare=False)
        try:
            yield urls[0], urls[1]
        finally:
            for name in names:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def commands(before: str, after: str, pg_delta: str | None, major: int) -> dict[str, list[str]]:
    """What is measured, schemadiff first."""
    ours = [sys.executable, "-m", "schemadiff", "diff", "--no-proof", "--renames", "never", before, after]
    found = {OURS: ours, "migra": [sys.executable, "-c", MIGRA, before, after]}
    if pg_delta:
        found["pg-delta diff"] = [pg_delta, "diff", "--source", before, "--desired", after]
    binaries = find_binaries(major)
    pg_dump = binaries.programs / "pg_dump"
    if binaries.major == major and pg_dump.exists():
        found["pg_dump of one side"] = [str(pg_dump), "--schema-only", before]
    return found


def measured(tools: dict[str, list[str]], runs: int, postmaster: int | None) -> dict[str, Runs]:
    """The runs of each tool; they take turns, so that a busy moment of the machine does not hit one of them alone."""
    found = {tool: Runs() for tool in tools}
    for command in tools.values():
        run_once(command, Runs(), postmaster)
    for _ in range(runs):
        for tool, command in tools.items():
            run_once(command, found[tool], postmaster)
    return found


def server_seconds(postmaster: int | None) -> float:
    """Processor time of the sessions that have ended on a server; 0 where it cannot be known."""
    path = Path(f"/proc/{postmaster}/stat")
    if postmaster is None or not path.exists():
        return 0.0
    time.sleep(0.2)  # until the last session has ended
    user, system = path.read_text().rpartition(")")[2].split()[13:15]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def run_once(
    command: list[str], runs: Runs, postmaster: int | None, cwd: Path | None = None, output: IO[str] | None = None
) -> None:
    """Run a whole process and add what it cost."""
    before = server_seconds(postmaster)
    told = output or subprocess.DEVNULL
    with subprocess.Popen(command, stdout=told, stderr=told, cwd=cwd) as process:
        started = time.perf_counter()
        _, status, usage = os.wait4(process.pid, 0)
        runs.seconds.append(time.perf_counter() - started)
        process.returncode = os.waitstatus_to_exitcode(status)
    runs.processor.append(usage.ru_utime + usage.ru_stime + server_seconds(postmaster) - before)
    runs.megabytes.append(usage.ru_maxrss / 1024)
    if process.returncode not in (0, 2):
        sys.exit(f"this command failed: {command[:4]}")


def report(size: int, objects: int, found: dict[str, Runs]) -> None:
    """Print a row for each tool."""
    reference = statistics.median(found[OURS].seconds)
    for tool, runs in found.items():
        seconds, processor = statistics.median(runs.seconds), statistics.median(runs.processor)
        print(
            f"| {size} | {objects} | {tool} | {seconds:.2f} | {seconds / reference:.1f} | {processor:.2f} "
            f"| {max(runs.megabytes):.0f} |",
            flush=True,
        )


def count_objects(url: str) -> int:
    """How many objects schemadiff compares in a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        return sum(len(rows) for rows in inspect(connection, Scope.of()).rows.values())


if __name__ == "__main__":
    main()
