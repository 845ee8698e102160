"""Every online form at once, on a database whose application writes all the while, with faults at random points."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from corpus.dump import dumped

from .busy_application import BusyApplication
from .own_server import OwnServer, own_server
from .stage import execute

BEFORE = """
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('open', 'paid');
CREATE TABLE app.customer (id bigint PRIMARY KEY, name text, mail text, note text, code text, filled text);
CREATE TABLE app.sale (id bigint PRIMARY KEY, customer bigint NOT NULL, what text, state app.state DEFAULT 'open');
CREATE INDEX sale_what ON app.sale (what);
CREATE INDEX sale_customer ON app.sale (customer);
CREATE TABLE app.event (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.event_2026 (id bigint NOT NULL, at date NOT NULL);
"""

ROWS = """
INSERT INTO app.customer SELECT n, 'name' || n, 'mail' || n, 'note' || n, 'c' || n FROM generate_series(1, 500) AS n;
INSERT INTO app.sale (id, customer, what) SELECT n, n, 'thing' || n FROM generate_series(1, 500) AS n;
INSERT INTO app.event_2026 SELECT n, '2026-01-01'::date + (n % 300)::int FROM generate_series(1, 300) AS n;
ANALYZE;
"""

AFTER = """
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('open', 'packed', 'paid');
CREATE TABLE app.customer (
    id bigint PRIMARY KEY, name text NOT NULL, mail text, code text UNIQUE, filled text,
    token uuid DEFAULT gen_random_uuid(), number bigint GENERATED ALWAYS AS IDENTITY, CHECK (length(name) < 100)
);
CREATE INDEX customer_mail ON app.customer (mail);
CREATE TABLE app.sale (id bigint PRIMARY KEY, customer bigint NOT NULL REFERENCES app.customer, what text,
                       state app.state DEFAULT 'open');
CREATE INDEX sale_what ON app.sale (what, customer);
CREATE INDEX sale_customer ON app.sale (customer);
CREATE TABLE app.event (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.event_2026 PARTITION OF app.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
"""

BACKFILL = """
-- @backfill table=app.customer key=id batch=200
UPDATE app.customer SET filled = coalesce(filled, '') || 'x' WHERE :batch;
"""

SECONDS = float(os.environ.get("SCHEMADIFF_IN_USE_SECONDS", "1"))
"""For how long another round begins after the first one."""

FAULTS = 2
"""How often each way is broken off in a round."""

SEED = int(os.environ.get("SCHEMADIFF_IN_USE_SEED", "1"))


@pytest.fixture
def busy() -> Iterator[OwnServer]:
    with own_server("max_connections=40") as server:
        execute(server.url(), "CREATE DATABASE app")
        yield server


def command(action: str, *words: str, url: str) -> list[str]:
    return [sys.executable, "-m", "schemadiff", action, *words, "--database-url", url]


def run(
    words: list[str], folder: Path, fault: Callable[[subprocess.Popen[str]], None] | None = None
) -> tuple[int, str]:
    """Run a command, with a fault on the way; returns its exit code and what it said."""
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(words, cwd=folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL, text=True)
        if fault is not None:
            fault(process)
        code = process.wait(300)
    return code, (folder / "said").read_text()


def faults(server: OwnServer, chance: random.Random) -> Callable[[subprocess.Popen[str]], None]:
    """One fault at a random moment: the runner killed, its sessions ended, the server restarted or crashed."""

    def strike(process: subprocess.Popen[str]) -> None:
        time.sleep(0.4 + 2.5 * chance.random())
        what = chance.choice(("kill", "cut", "restart", "crash"))
        if what == "kill":
            process.send_signal(signal.SIGKILL)
        elif what == "cut":
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'schemadiff%'"
            execute(server.url(), ended)
        else:
            server.stop(signal.SIGINT if what == "restart" else signal.SIGQUIT)
            server.start()

    return strike


def state(url: str) -> list[str]:
    return [entry for entry in dumped(url, 17) if " schemadiff" not in entry.partition("; Owner")[0]]


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def planned(server: OwnServer, folder: Path) -> str:
    """A plan's directory."""
    (folder / "desired_schema" / "backfills").mkdir(parents=True)
    (folder / "desired_schema" / "app.sql").write_text(AFTER)
    (folder / "desired_schema" / "backfills" / "filled.sql").write_text(BACKFILL)
    words = ("--name", "forms", "--online", "always", "--allow", "data-loss,irreversible,breaks-clients")
    code, said = run(command("plan", *words, url=server.url("app")), folder)
    assert code in (0, 2), said
    (plan,) = (folder / "plans").iterdir()
    return str(plan)


def test_what_an_application_commits_stays_whatever_breaks(busy: OwnServer, tmp_path: Path) -> None:
    url, chance = busy.url("app"), random.Random(SEED)
    execute(url, BEFORE)
    execute(url, ROWS)
    before, plan, end = state(url), planned(busy, tmp_path), time.monotonic() + SECONDS
    known = "SELECT id, jsonb_build_object('name', name, 'mail', mail, 'note', note) FROM app.customer"
    application = BusyApplication(
        url,
        dict(rows(url, known)),
        {one: (customer, what) for one, customer, what in rows(url, "SELECT id, customer, what FROM app.sale")},
    )
    after, number = None, 0
    while number == 0 or time.monotonic() < end:
        number += 1
        for action in ("apply", "rollback"):
            words = command(action, plan, "--auto-approve", url=url)
            allowed = ["--allow", "data-loss,irreversible,breaks-clients"] if action == "apply" else []
            with application:
                for _ in range(FAULTS):
                    run([*words, *allowed], tmp_path, faults(busy, chance))
                code, said = run([*words, *allowed], tmp_path)
            assert code == 0, f"{action} in round {number} (seed {SEED}): {said}"
            if action == "apply":
                after = after or state(url)
                assert state(url) == after
                assert rows(url, "SELECT FROM app.customer WHERE number IS NULL OR token IS NULL") == []
            else:
                assert state(url) == before
                application.has_note = True
            same_as(application, url, note=action == "rollback")
    assert application.writes > 100


def same_as(application: BusyApplication, url: str, *, note: bool) -> None:
    """Whether all that the application committed stands there, and nothing else."""
    columns = ("name", "mail", "note") if note else ("name", "mail")
    found = {one: values for one, *values in rows(url, f"SELECT id, {', '.join(columns)} FROM app.customer")}
    wanted = {one: [values[column] for column in columns] for one, values in application.customers.items()}
    assert {one: values for one, values in found.items() if wanted.get(one) != values} == {}
    assert found.keys() == wanted.keys()
    sales = {one: (customer, what) for one, customer, what in rows(url, "SELECT id, customer, what FROM app.sale")}
    assert sales == application.sales
