"""What the server says of a routine's body: of each statement in it, planned and never run."""

from dataclasses import dataclass

import psycopg
from psycopg import sql

from schemadiff.shadow.bodies.plpgsql import Walk
from schemadiff.shadow.bodies.probe import LINE, SAID, Probe
from schemadiff.shadow.bodies.routines import Routine, Session, set_as_called
from schemadiff.shadow.bodies.words import Unreadable, Words

_VALIDATORS = {"sql": "pg_catalog.fmgr_sql_validator", "plpgsql": "pg_catalog.plpgsql_validator"}
"""What Postgres asks when a routine is created under check_function_bodies: of SQL each statement is analysed, of
PL/pgSQL the syntax is read."""

_OF_TRIGGERS = (
    "tg_name name; tg_when text; tg_level text; tg_op text; tg_relid oid; tg_relname name; tg_table_name name; "
    "tg_table_schema name; tg_nargs int; tg_argv text[]; tg_event text; tg_tag text;"
)

_SET = (
    "SET LOCAL check_function_bodies = off; SET LOCAL plpgsql.extra_errors = 'none'; SET LOCAL statement_timeout = 5000"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What is wrong with a statement, and where it begins in the body; None where the server does not say."""

    sqlstate: str
    message: str
    offset: int | None
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says of a body under one search path; without `tried`, its statements could not be planned."""

    said: tuple[Said, ...] = ()
    tried: bool = True
    untried: tuple[str, ...] = ()
    """Statements that are no queries, or that the body puts together as it runs."""


def ask(session: Session, routine: Routine, path: str) -> Answer:
    """What is wrong with a body where names are looked up in `path`."""
    try:
        with session.transaction(force_rollback=True):
            set_as_called(session, routine, path)
            session.execute("SET LOCAL check_function_bodies = on")
            session.execute(f"SELECT {_VALIDATORS[routine.language]}({routine.oid}::oid)".encode())
    except psycopg.Error as error:
        position = error.diag.internal_position
        offset = int(position) - 1 if position and error.diag.internal_query == routine.body else None
        return Answer((Said(error.sqlstate or "", str(error.diag.message_primary), offset),))
    return _probed(session, routine, path) if routine.language == "plpgsql" else Answer()


def _probed(session: Session, routine: Routine, path: str) -> Answer:
    try:
        probe = Walk(Words(routine.body)).whole()
    except Unreadable:
        return Answer(tried=False)
    untried = tuple(probe.untried)
    if routine.polymorphic:
        return Answer(tried=False, untried=untried)
    relations: list[str | None] = [*routine.hangs_on] if routine.for_trigger else []
    try:
        answers = [_answer(session, routine, probe, path, relation) for relation in relations or [None]]
    except psycopg.Error:
        return Answer(tried=False, untried=untried)
    # one function for several tables asks at run time which of them it is called for
    failing = [{at for at, _, _ in answer} for answer in answers]
    everywhere = [said for said in answers[0] if all(said[0] in ats for ats in failing)]
    said = (Said(state, message, probe.tried[at].offset, probe.tried[at].guarded) for at, state, message in everywhere)
    return Answer(tuple(said), untried=untried)


def _answer(
    session: Session, routine: Routine, probe: Probe, path: str, relation: str | None
) -> list[tuple[int, str, str]]:
    with session.transaction(force_rollback=True):
        session.execute(_SET)
        session.execute(_function(routine, probe, relation))
        set_as_called(session, routine, path)
        nulls = sql.SQL(", ").join(sql.SQL("NULL::" + name) for name in routine.types)
        call = sql.SQL("SELECT pg_temp.{}({})").format(sql.Identifier(routine.name), nulls)
        (said,) = session.execute(call).fetchone() or ([],)
    return [(int(said[at]), said[at + 1], said[at + 2]) for at in range(0, len(said), 3)]


def _function(routine: Routine, probe: Probe, relation: str | None) -> sql.Composed:
    """The probe as a function of the same name, so that `name.argument` means the same.

    All arguments are inputs, which leaves them their names and numbers.
    """
    names = [*routine.argument_names, *[""] * len(routine.types)]
    arguments = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name) if name else sql.SQL(""), sql.SQL(kind))
        for name, kind in zip(names, routine.types, strict=False)
    )
    declared = f"{SAID} text[] := '{{}}'; {LINE} text;"
    if routine.for_trigger:
        rows = relation or "record"
        declared += f" new {rows}; old {rows}; {_OF_TRIGGERS}"
    options, lines = [], probe.text
    while lines.startswith("#"):
        option, _, lines = lines.partition("\n")
        options.append(option)
    body = "\n".join((*options, f"DECLARE {declared} BEGIN", lines, f"RETURN {SAID}; END"))
    return sql.SQL("CREATE FUNCTION pg_temp.{}({}) RETURNS text[] LANGUAGE plpgsql AS {}").format(
        sql.Identifier(routine.name), arguments, sql.Literal(body)
    )
