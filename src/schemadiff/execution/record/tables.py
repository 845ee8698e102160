"""The tables of the ledger, as SQLAlchemy declares them and as Postgres prints them."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from schemadiff.catalog.private_schema import PrivateTable

SCHEMA = "schemadiff"

DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]

_METADATA = MetaData(schema=SCHEMA)


def _moment(name: str, *, started: bool = False) -> "Column[datetime]":
    default = func.clock_timestamp() if started else None
    return Column(name, DateTime(timezone=True), nullable=not started, server_default=default)


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'::text" for word in words)
    return CheckConstraint(f"({column} = ANY (ARRAY[{listed}]))")


RUN = Table(
    "run",
    _METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("plan", Text, nullable=False),
    Column("approval", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("state", Text, nullable=False),
    _moment("started_at", started=True),
    _moment("finished_at"),
    Column("who", Text, nullable=False, server_default=func.session_user()),
    Column("tool_version", Text, nullable=False),
    Column("up_sql", Text, nullable=False),
    Column("down_sql", Text, nullable=False),
    _one_of("direction", "up", "down"),
    _one_of("state", "running", "done", "failed"),
)

SEGMENT = Table(
    "segment",
    _METADATA,
    Column("run", BigInteger, ForeignKey(RUN.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    _moment("started_at", started=True),
    _moment("finished_at"),
    _one_of("state", "started", "done"),
)

BACKFILL = Table(
    "backfill",
    _METADATA,
    Column("name", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("plan", Text, nullable=False),
    Column("last_key", Text),
    Column("rows", BigInteger, nullable=False),
    Column("passed", BigInteger, nullable=False),
    _moment("started_at", started=True),
    _moment("done_at"),
)

PURGED = Table(
    "purged",
    _METADATA,
    Column("name", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("archived_at", DateTime(timezone=True), nullable=False),
    Column("purged_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

RUNNER = Table(
    "runner",
    _METADATA,
    Column("part", Text, primary_key=True),
    Column("pid", Integer),
    Column("started_at", DateTime(timezone=True)),
    _one_of("part", "lock", "work"),
)
"""Two rows: whoever has locked the first one works, in the session that the second one names."""


APPROVAL = Table(
    "approval",
    _METADATA,
    Column("run", BigInteger, ForeignKey(RUN.c.id), primary_key=True),
    Column("principal", Text, primary_key=True),
    Column("key", Text, nullable=False),
)
"""Who had signed the plan of a run."""

DOCUMENT = Table(
    "document",
    _METADATA,
    Column("run", BigInteger, ForeignKey(RUN.c.id), primary_key=True),
    Column("plan_json", Text, nullable=False),
)
"""plan.json of a run, so that the plan can be rolled back and verified where its directory is gone."""

NOTE = Table(
    "note",
    _METADATA,
    Column("run", BigInteger, ForeignKey(RUN.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("words", Text, nullable=False),
)
"""What there is to say of a run: that another tool did it, what of live was otherwise than the plan expected."""


def _printed(table: Table) -> PrivateTable:
    columns = tuple(" ".join(_column(column)) for column in table.columns)
    keys = ", ".join(column.name for column in table.primary_key)
    constraints = [f"PRIMARY KEY ({keys})"] if keys else []
    for key in table.foreign_keys:
        constraints.append(f"FOREIGN KEY ({key.parent.name}) REFERENCES {key.column.table}({key.column.name})")
    checks = (one for one in table.constraints if isinstance(one, CheckConstraint))
    constraints += sorted(f"CHECK ({check.sqltext})" for check in checks)
    return PrivateTable(SCHEMA, table.name, columns, tuple(constraints))


def _column(column: "Column[object]") -> Iterator[str]:
    yield column.name
    yield column.type.compile(dialect=DIALECT).lower()
    if column.server_default is not None and column.identity is None:
        default = str(column.server_default.arg.compile(dialect=DIALECT))  # type: ignore[attr-defined]
        yield f"DEFAULT {'SESSION_USER' if default == 'session_user' else default}"
    if not column.nullable:
        yield "NOT NULL"
    if column.identity is not None:
        yield "GENERATED ALWAYS AS IDENTITY"


FIRST = tuple(map(_printed, (RUN, SEGMENT, BACKFILL)))
"""What every ledger has; that of version 0.1.0 has nothing else, and `purged` once something was."""

ALL = (*FIRST, *map(_printed, (PURGED, RUNNER, APPROVAL, DOCUMENT, NOTE)))
"""The ledger as it is today."""
