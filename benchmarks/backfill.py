"""How long a backfill takes that keeps the old values, next to a good script of the same by hand, and the way back.

    python benchmarks/backfill.py                    a million rows
    python benchmarks/backfill.py --rows 100000 --runs 3 --server URL

Both change every row in batches that aim at 100 ms, note old and new values in the transaction of the batch, record
how far they are, and give back only what is still theirs. They take turns, each on a database of its own. Ours is
the whole process of `schemadiff apply` and `schemadiff rollback`.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from compare import compiled_modules, server_url

TABLE = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id bigint PRIMARY KEY, customer bigint NOT NULL, total numeric(10,2) NOT NULL,
                          note text, at timestamptz NOT NULL DEFAULT now());
CREATE INDEX orders_customer ON shop.orders (customer);
"""

ROWS = """
INSERT INTO shop.orders (id, customer, total, note)
    SELECT n, n % 5000, n % 1000 + 0.5, repeat('x', (n % 40)::int) FROM generate_series(1, {}) AS n;
"""

BACKFILL = "-- @backfill table=shop.orders key=id\nUPDATE shop.orders SET total = total * 1.19 WHERE :batch;\n"

BY_HAND = """
CREATE TABLE noted (id bigint PRIMARY KEY, before numeric, after numeric);
CREATE TABLE progress (last bigint NOT NULL);
INSERT INTO progress VALUES (0);
"""

FORTH = """
WITH batch AS MATERIALIZED (
    SELECT id, total FROM shop.orders WHERE id > {last} ORDER BY id LIMIT {size} FOR NO KEY UPDATE),
changed AS (
    UPDATE shop.orders AS o SET total = o.total * 1.19 FROM batch AS b WHERE o.id = b.id
    RETURNING o.id, b.total AS before, o.total AS after),
kept AS (INSERT INTO noted SELECT id, before, after FROM changed)
UPDATE progress SET last = (SELECT max(id) FROM batch) WHERE EXISTS (SELECT FROM batch) RETURNING last
"""

BACK = """
WITH batch AS MATERIALIZED (SELECT id, before, after FROM noted WHERE id > {last} ORDER BY id LIMIT {size}),
changed AS (
    UPDATE shop.orders AS o SET total = b.before FROM batch AS b WHERE o.id = b.id AND o.total = b.after)
UPDATE progress SET last = (SELECT max(id) FROM batch) WHERE EXISTS (SELECT FROM batch) RETURNING last
"""

LONGEST = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - a.xact_start)), 0)::float8
  FROM pg_stat_activity AS a
  JOIN pg_locks AS l ON l.pid = a.pid AND l.relation = 'shop.orders'::regclass
 WHERE a.pid <> pg_backend_pid()
"""
"""Of transactions that touch the table: the session that keeps other runners away has one of its own for the run."""

Measured = tuple[float, float]
"""Seconds, and those of the longest transaction."""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--server", metavar="URL", help="instead of a server of our own")
    arguments = parser.parse_args()
    found: dict[str, list[Measured]] = {}
    with compiled_modules(), server_url(arguments.server) as (url, _):
        for _ in range(arguments.runs):
            with database(url, arguments.rows) as own:
                ours(own, found)
            with database(url, arguments.rows) as own:
                by_hand(own, found)
    print("| | seconds | ratio | longest transaction |\n|---|---|---|---|")
    for way in ("backfill", "its rollback"):
        reference = statistics.median(seconds for seconds, _ in found[f"{way}, by hand"])
        for who in ("schemadiff", "by hand"):
            runs = found[f"{way}, {who}"]
            seconds = statistics.median(seconds for seconds, _ in runs)
            longest = max(longest for _, longest in runs)
            print(f"| {way}, {who} | {seconds:.1f} | {seconds / reference:.2f} | {longest:.2f} s |")


@contextmanager
def database(url: str, rows: int) -> Iterator[str]:
    """The URL of a new database with the table."""
    name = "benchmark_backfill"
    own = elsewhere(url, name)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {name}".encode())
        with psycopg.connect(own, autocommit=True) as connection:
            connection.execute((TABLE + ROWS.format(rows)).encode())
            connection.execute("VACUUM ANALYZE shop.orders")
        try:
            yield own
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def elsewhere(url: str, name: str) -> str:
    """The URL of another database of the server."""
    return re.sub(r"(://[^/]*)/[^?]*", rf"\1/{name}", url)


def ours(url: str, found: dict[str, list[Measured]]) -> None:
    """The backfill by apply, and back by rollback."""
    with tempfile.TemporaryDirectory() as folder:
        desired = Path(folder) / "desired_schema"
        (desired / "backfills").mkdir(parents=True)
        (desired / "shop.sql").write_text(TABLE)
        (desired / "backfills" / "total.sql").write_text(BACKFILL)
        plan = run(folder, url, "plan", "--name", "fill").strip().splitlines()[-1]
        forth = measured(url, lambda: run(folder, url, "apply", plan, "--auto-approve"))
        found.setdefault("backfill, schemadiff", []).append(forth)
        back = measured(url, lambda: run(folder, url, "rollback", plan, "--auto-approve"))
        found.setdefault("its rollback, schemadiff", []).append(back)


def run(folder: str, url: str, *words: str) -> str:
    """What a command prints on stdout."""
    command = [sys.executable, "-m", "schemadiff", *words, "--database-url", url]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def by_hand(url: str, found: dict[str, list[Measured]]) -> None:
    """The same by a script."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(BY_HAND.encode())
        forth = measured(url, lambda: batches(connection, FORTH))
        found.setdefault("backfill, by hand", []).append(forth)
        back = measured(url, lambda: batches(connection, BACK))
        found.setdefault("its rollback, by hand", []).append(back)


def batches(connection: psycopg.Connection, statement: str) -> None:
    """Run a statement for batch after batch, which are as large as 100 ms let them be."""
    last, size = 0, 1000
    while True:
        begin = time.monotonic()
        row = connection.execute(statement.format(last=last, size=size).encode()).fetchone()
        if row is None:
            return
        last, seconds = int(row[0]), time.monotonic() - begin
        size = max(100, min(20_000, int(size * min(2.0, 0.1 / max(seconds, 0.001)))))


def measured(url: str, work: Callable[[], object]) -> Measured:
    """How long some work takes, and the longest transaction of it, looked at twenty times a second."""
    longest, done = [0.0], threading.Event()

    def look() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not done.wait(0.05):
                row = connection.execute(LONGEST).fetchone()
                longest[0] = max(longest[0], float(row[0]) if row else 0.0)

    watching = threading.Thread(target=look)
    watching.start()
    begin = time.monotonic()
    try:
        work()
    finally:
        seconds = time.monotonic() - begin
        done.set()
        watching.join()
    return seconds, longest[0]


if __name__ == "__main__":
    main()
