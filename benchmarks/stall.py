"""How long an application waits while its table is changed: by schemadiff, by the plain statement, and by migra's.

    python benchmarks/stall.py                              2 million rows, all cases
    python benchmarks/stall.py --rows 200000 --cases unique "drop column"
    python benchmarks/stall.py --server URL                 on a server that is there (its user may create databases)

Sessions read and update rows by their key at a fixed rate, half and half. A stall is the time from when a statement
was due until it was answered, so that whoever waits behind another one counts as well; the longest one is shown. Each
change runs on a fresh copy of the database: ours with `schemadiff apply` and `rollback` (which archive what is
dropped), the plain statements and those of migra in sessions that commit each. In brackets stands the longest
stall of a session that works on a table that no change concerns: so long the machine itself makes one wait.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from compare import MIGRA, compiled_modules, server_url

from schemadiff.api import plan, write
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import read_schemadiff_toml

TABLES = """
CREATE SCHEMA app;
CREATE TABLE app.customer (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE app.orders (
  id bigint CONSTRAINT orders_pkey PRIMARY KEY, number bigint, customer bigint, amount integer NOT NULL,
  note text, state text NOT NULL DEFAULT 'open', touched integer NOT NULL DEFAULT 0
);
CREATE INDEX orders_customer ON app.orders (customer);
CREATE TABLE app.unconcerned (id bigint PRIMARY KEY, touched integer NOT NULL DEFAULT 0);
CREATE TABLE app.event (id bigint PRIMARY KEY, value integer);
CREATE TABLE app.log (id bigint PRIMARY KEY, touched integer NOT NULL DEFAULT 0) PARTITION BY RANGE (id);
CREATE TABLE app.log_1 PARTITION OF app.log FOR VALUES FROM (0) TO (1000000000);
CREATE TABLE app.log_2 (id bigint NOT NULL, touched integer NOT NULL DEFAULT 0, CONSTRAINT log_2_pkey PRIMARY KEY (id));
"""

ROWS = """
INSERT INTO app.customer SELECT n, 'customer ' || n FROM generate_series(1, 1000) AS n;
INSERT INTO app.orders (id, number, customer, amount, note)
  SELECT n, n, 1 + n % 1000, n % 500, 'note of order ' || n FROM generate_series(1, {rows}) AS n;
INSERT INTO app.unconcerned SELECT generate_series(1, 1000);
INSERT INTO app.event SELECT n, n % 100 FROM generate_series(1, {rows} / 4) AS n;
INSERT INTO app.log SELECT n, 0 FROM generate_series(1, {rows} / 4) AS n;
INSERT INTO app.log_2 SELECT 1000000000 + n, 0 FROM generate_series(1, {rows} / 4) AS n;
"""


@dataclass(frozen=True)
class Case:
    """A change: words of TABLES with what they become, the plain statements for it, and the table in use.

    `arrange` brings a copy to where the change begins, `begins` says so of TABLES.
    """

    name: str
    edits: tuple[tuple[str, str], ...]
    plain: tuple[str, ...]
    table: str = "app.orders"
    arrange: str = ""
    begins: tuple[tuple[str, str], ...] = ()

    def declared(self) -> str:
        """The tables as they should be."""
        return edited(TABLES, (*self.begins, *self.edits))


LAST = "touched integer NOT NULL DEFAULT 0\n"
COLUMN = LAST.strip() + ", {}\n"

CASES = (
    Case("drop column", (("  note text, state", "  state"),), ("ALTER TABLE app.orders DROP COLUMN note",)),
    Case(
        "set not null",
        (("number bigint,", "number bigint NOT NULL,"),),
        ("ALTER TABLE app.orders ALTER COLUMN number SET NOT NULL",),
    ),
    Case(
        "add foreign key",
        (("customer bigint,", "customer bigint CONSTRAINT by_customer REFERENCES app.customer,"),),
        ("ALTER TABLE app.orders ADD CONSTRAINT by_customer FOREIGN KEY (customer) REFERENCES app.customer",),
    ),
    Case(
        "add check",
        (("amount integer NOT NULL,", "amount integer NOT NULL CONSTRAINT paid CHECK (amount >= 0),"),),
        ("ALTER TABLE app.orders ADD CONSTRAINT paid CHECK (amount >= 0)",),
    ),
    Case(
        "unique",
        (("number bigint,", "number bigint CONSTRAINT numbered UNIQUE,"),),
        ("ALTER TABLE app.orders ADD CONSTRAINT numbered UNIQUE (number)",),
    ),
    Case(
        "primary key",
        ((" bigint NOT NULL, number", " bigint CONSTRAINT orders_pkey PRIMARY KEY, number"),),
        ("ALTER TABLE app.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id)",),
        arrange="ALTER TABLE app.orders DROP CONSTRAINT orders_pkey; CREATE INDEX orders_id ON app.orders (id)",
        begins=(
            ("bigint CONSTRAINT orders_pkey PRIMARY KEY, number", "bigint NOT NULL, number"),
            ("CREATE INDEX orders_customer", "CREATE INDEX orders_id ON app.orders (id); CREATE INDEX orders_customer"),
        ),
    ),
    Case(
        "new index",
        (("CREATE TABLE app.event", "CREATE INDEX orders_number ON app.orders (number); CREATE TABLE app.event"),),
        ("CREATE INDEX orders_number ON app.orders (number)",),
    ),
    Case(
        "replaced index",
        (("ON app.orders (customer)", "ON app.orders (customer, number)"),),
        ("DROP INDEX app.orders_customer", "CREATE INDEX orders_customer ON app.orders (customer, number)"),
    ),
    Case(
        "column with a constant default",
        ((LAST, COLUMN.format("shop integer NOT NULL DEFAULT 1")),),
        ("ALTER TABLE app.orders ADD COLUMN shop integer NOT NULL DEFAULT 1",),
    ),
    Case(
        "nullable column beside a rewrite of another table",
        ((LAST, COLUMN.format("shop integer")), ("value integer", "value bigint")),
        (
            "BEGIN; ALTER TABLE app.orders ADD COLUMN shop integer;"
            "ALTER TABLE app.event ALTER COLUMN value TYPE bigint; COMMIT",
        ),
    ),
    Case(
        "attach partition",
        (
            (
                "CREATE TABLE app.log_2 (id bigint NOT NULL, touched integer NOT NULL DEFAULT 0,"
                " CONSTRAINT log_2_pkey PRIMARY KEY (id));",
                "CREATE TABLE app.log_2 PARTITION OF app.log FOR VALUES FROM (1000000000) TO (2000000000);",
            ),
        ),
        ("ALTER TABLE app.log ATTACH PARTITION app.log_2 FOR VALUES FROM (1000000000) TO (2000000000)",),
        table="app.log",
    ),
    Case(
        "type change",
        (("amount integer", "amount bigint"),),
        ("ALTER TABLE app.orders ALTER COLUMN amount TYPE bigint",),
    ),
    Case(
        "column with a volatile default",
        ((LAST, COLUMN.format("token uuid NOT NULL DEFAULT gen_random_uuid()")),),
        ("ALTER TABLE app.orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()",),
    ),
    Case(
        "identity column",
        ((LAST, COLUMN.format("serial_number bigint GENERATED ALWAYS AS IDENTITY")),),
        ("ALTER TABLE app.orders ADD COLUMN serial_number bigint GENERATED ALWAYS AS IDENTITY",),
    ),
    Case(
        "stored generated column (no online form)",
        ((LAST, COLUMN.format("twice integer GENERATED ALWAYS AS (amount * 2) STORED")),),
        ("ALTER TABLE app.orders ADD COLUMN twice integer GENERATED ALWAYS AS (amount * 2) STORED",),
    ),
)


@dataclass
class Application:
    """Sessions that read and update rows of a table by key, so many statements a second in all."""

    url: str
    table: str
    keys: int
    rate: int
    sessions: int
    longest: float = 0.0
    elsewhere: float = 0.0
    """The longest stall of a session that works on a table that no change concerns: what the machine does by itself."""
    errors: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Work while the block runs."""
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(self.sessions + 1)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        self.longest = self.elsewhere = 0.0
        yield
        time.sleep(0.2)
        self._stop.set()
        for thread in threads:
            thread.join()

    def _work(self, number: int) -> None:
        chosen = random.Random(number)
        table, keys = ("app.unconcerned", 1000) if number == self.sessions else (self.table, self.keys)
        read = f"SELECT * FROM {table} WHERE id = %s"
        update = f"UPDATE {table} SET touched = touched + 1 WHERE id = %s"
        with psycopg.connect(self.url, autocommit=True, prepare_threshold=None) as connection:
            due = time.monotonic()
            while not self._stop.is_set():
                due += self.sessions / self.rate
                time.sleep(max(0.0, due - time.monotonic()))
                words = read if chosen.random() < 0.5 else update
                try:
                    connection.execute(words.encode(), [chosen.randint(1, keys)])
                except psycopg.Error:
                    self.errors += 1
                late = time.monotonic() - due
                if number == self.sessions:
                    self.elsewhere = max(self.elsewhere, late)
                else:
                    self.longest = max(self.longest, late)
                due = max(due, time.monotonic() - 1)  # what was held up is not made up for


def main() -> None:
    """Measure and print a table."""
    arguments = parsed()
    with server_url(arguments.server) as (url, _), compiled_modules(), tempfile.TemporaryDirectory() as folder:
        bench = Bench(url, arguments, Path(folder))
        bench.fill()
        with psycopg.connect(url) as connection:
            version = connection.info.server_version
        print(f"PostgreSQL {version // 10000}.{version % 10000}, {os.cpu_count()} cores, {arguments.rows} rows,")
        print(f"{arguments.rate} statements a second from {arguments.sessions} sessions;")
        print("the longest stall in ms, and in brackets that of another table\n")
        print("| change | apply | rollback | plain statement | migra |\n|---|---|---|---|---|")
        idle = bench.stall("app.orders", bench.copy("stall_run"), lambda: time.sleep(5))
        print(f"| nothing | {idle} | | | |", flush=True)
        for case in CASES:
            if not arguments.cases or case.name in arguments.cases:
                print(f"| {case.name} | {' | '.join(bench.measured(case))} |", flush=True)
        bench.clean_up()


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rate", type=int, default=200, help="statements of the application a second")
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument("--cases", nargs="*", metavar="CASE", help="; ".join(case.name for case in CASES))
    parser.add_argument("--server", metavar="URL", help="instead of a server of our own")
    return parser.parse_args()


@dataclass(frozen=True)
class Bench:
    """The databases on the server at `url`, and the projects in `folder`."""

    url: str
    arguments: argparse.Namespace
    folder: Path

    def fill(self) -> None:
        """The database of which each run gets a copy."""
        self._admin("DROP DATABASE IF EXISTS stall_rows", "CREATE DATABASE stall_rows")
        with psycopg.connect(self._named("stall_rows"), autocommit=True) as connection:
            connection.execute(TABLES.encode())
            connection.execute(ROWS.format(rows=self.arguments.rows).encode())
            connection.execute("VACUUM ANALYZE")
            with suppress(psycopg.errors.InsufficientPrivilege):  # the role of a server of our own may not
                connection.execute("CHECKPOINT")

    def copy(self, name: str, arrange: str = "") -> str:
        """The URL of a fresh copy."""
        self._admin(
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            f"CREATE DATABASE {name} TEMPLATE stall_rows STRATEGY file_copy",
        )
        url = self._named(name)
        if arrange:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(arrange.encode())
                connection.execute("ANALYZE")
        return url

    def clean_up(self) -> None:
        """Drop all databases."""
        names = ("stall_rows", "stall_run", "stall_desired")
        self._admin(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))

    def measured(self, case: Case) -> list[str]:
        """The longest stalls of a case: ours both ways, the plain statement, migra's."""
        url = self.copy("stall_run", case.arrange)
        project = self.folder / case.name.replace(" ", "_")
        (project / "desired_schema").mkdir(parents=True)
        (project / "desired_schema" / "app.sql").write_text(case.declared())
        allow = frozenset(Hazard)
        planned = plan(url, read_schemadiff_toml("", project), name="stall", allow=allow).plan
        directory = write(planned, project / "plans")
        found = [self.stall(case.table, url, lambda c=command: self._ours(c, directory, url)) for command in WAYS]
        url = self.copy("stall_run", case.arrange)
        found.append(self.stall(case.table, url, lambda: run(url, case.plain)))
        return [*found, self._migra(case)]

    def _ours(self, command: str, directory: Path, url: str) -> None:
        allowed = ",".join(hazard.value for hazard in Hazard)
        words = [sys.executable, "-m", "schemadiff", command, str(directory), "--database-url", url, "--auto-approve"]
        words += ["--allow", allowed] if command == "apply" else []
        subprocess.run(words, check=True, capture_output=True, text=True, cwd=self.folder)

    def _migra(self, case: Case) -> str:
        url = self.copy("stall_run", case.arrange)
        self._admin("DROP DATABASE IF EXISTS stall_desired", "CREATE DATABASE stall_desired")
        desired = self._named("stall_desired")
        run(desired, (case.declared(),))
        asked = [sys.executable, "-c", MIGRA, url, desired]
        words = subprocess.run(asked, check=False, capture_output=True, text=True).stdout
        statements = tuple(part for part in words.split(";\n") if part.strip())
        return self.stall(case.table, url, lambda: run(url, statements)) if statements else "no statement"

    def stall(self, table: str, url: str, change: Callable[[], None]) -> str:
        """The longest stall while the table is changed, in milliseconds."""
        keys = self.arguments.rows if table == "app.orders" else self.arguments.rows // 4
        application = Application(url, table, keys, self.arguments.rate, self.arguments.sessions)
        failed = ""
        with application.busy():
            try:
                change()
            except psycopg.Error as error:
                failed = f", fails ({error.sqlstate})"
            except subprocess.CalledProcessError as error:
                failed = f", fails: {error.stderr.strip().splitlines()[-1][:200]}"
        return f"{application.longest * 1000:.0f} ({application.elsewhere * 1000:.0f}){failed}"

    def _named(self, name: str) -> str:
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def _admin(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement.encode())


WAYS = ("apply", "rollback")


def run(url: str, statements: tuple[str, ...]) -> None:
    """Run statements in a session that commits each, as psql does."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def edited(text: str, edits: tuple[tuple[str, str], ...]) -> str:
    """The text with words replaced, each of which it has once."""
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
