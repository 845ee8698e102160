"""Scripts run on shadow databases, statement by statement, up to the one that fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from psycopg.rows import TupleRow

from schemadiff.desired import limits
from schemadiff.desired.data_steps.batch import EVERY_ROW, with_batch
from schemadiff.desired.loading.harmless import harmless
from schemadiff.desired.loading.watch import Watch
from schemadiff.desired.reading.index_options import IndexOptions, options_of_index
from schemadiff.desired.reading.parse_tree import parse
from schemadiff.plans.model import Script, Segment, Step
from schemadiff.plans.scripts.users_code import runs_users_code
from schemadiff.scratch.stand_ins.index_options import UNKNOWN, newest_index
from schemadiff.session import LOOKUP_FAILED, UsersSettings, looking_up, lookup_hint
from schemadiff.shadow.rehearsing.failed_step import Failure
from schemadiff.shadow.rehearsing.superuser_rights import Superuser, prelude


def _go_on(number: int) -> None:
    """Nothing happens between segments."""


def rehearse(
    script: Script,
    url: str,
    superuser: Superuser | None = None,
    *,
    conceal: bool = False,
    settings: UsersSettings | None = None,
    between: Callable[[int], None] = _go_on,
) -> Failure | None:
    """Run every statement on the database at `url`; the first failure, or None.

    `between` is called with the number of segments that are committed, before the first one and then behind each but
    the last.

    What only a superuser may do and is harmless on a scratch server runs as `superuser`. With `conceal`, a failure
    contains no value of a row. A statement that does not end fails, too. With `settings`, those of live for what
    runs users' code, it runs as on live; else names are looked up as the database says.
    """
    number, path = 0, settings.search_path if settings else ""
    if settings and script.time_zone:
        settings = replace(settings, time_zone=script.time_zone)
    observer_url = superuser.url if superuser else url
    try:
        with (
            psycopg.connect(url, autocommit=True) as connection,
            Watch(observer_url, [connection], _Ended, all_seconds=limits.REHEARSAL_SECONDS) as watch,
        ):
            begin(connection, settings)
            for committed, segment in enumerate(script.segments):
                between(committed)
                failure = _run(segment, connection, superuser, number, conceal, watch, path)
                if failure is not None:
                    return failure
                number += len(segment.steps)
    except _Ended as ended:
        return ended.failure
    return None


def begin(connection: psycopg.Connection[TupleRow], settings: UsersSettings | None) -> None:
    """Set a session, with `settings` as one on live that runs a script."""
    connection.execute(prelude())
    if settings is not None:
        settings.apply_to(connection)


class _Ended(Exception):
    """The session was ended while it ran a step."""

    def __init__(self, numbered: tuple[int, Step], reason: str) -> None:
        number, step = numbered
        self.failure = Failure.without_end(step, number, reason)


def _run(
    segment: Segment,
    connection: psycopg.Connection[TupleRow],
    superuser: Superuser | None,
    number: int,
    conceal: bool,
    watch: Watch[tuple[int, Step]],
    path: str,
) -> Failure | None:
    if segment.transactional:
        connection.execute("BEGIN")
    for place, step in enumerate(segment.steps, number + 1):
        watch.begin([(place, step)])
        text = text_of(step, segment)
        try:
            apply_settings(step, connection)
            run_statement(text, connection, superuser, transactional=segment.transactional, path=path)
        except psycopg.Error as error:
            if connection.broken:
                raise
            connection.execute("ROLLBACK")
            return Failure.of(step, place, error, conceal=conceal, hint=_hint(error, text, path))
    if segment.transactional:
        try:
            connection.execute("COMMIT")
        except psycopg.Error as error:
            if connection.broken:
                raise
            return Failure.of(segment.steps[-1], number + len(segment.steps), error, conceal=conceal)
    return None


def _hint(error: psycopg.Error, sql: str, path: str) -> str:
    """What to know of a name that is not found in users' code."""
    if error.sqlstate not in LOOKUP_FAILED:
        return ""
    return lookup_hint(path, users_code=runs_users_code(parse(sql)[0]))


def apply_settings(step: Step, connection: psycopg.Connection[TupleRow]) -> None:
    """Run the SET statements before a step. Raises psycopg.Error."""
    for setting in step.settings:
        connection.execute(setting.encode())


def text_of(step: Step, segment: Segment) -> str:
    """The statement of a step as a rehearsal runs it: those of a backfill in one batch."""
    return with_batch(step.sql, EVERY_ROW) if segment.backfill else step.sql


def run_statement(
    sql: str,
    connection: psycopg.Connection[TupleRow],
    superuser: Superuser | None,
    *,
    transactional: bool,
    path: str = "",
) -> bool:
    """Run a statement as the role itself or, where that may not, as superuser in another session.

    The transaction so far is committed then, so that the other session sees it. Returns whether it ran in this
    session. What runs users' code finds names in `path`. Raises psycopg.Error.
    """
    tag, tree = parse(sql)
    if runs_users_code(tag):
        with looking_up(connection, path):
            connection.execute(sql.encode())
        return True
    options = options_of_index(tag, tree, sql)
    if options is not None and superuser is not None:
        return _run_with_options(sql, options, connection, superuser, transactional)
    if superuser is None or not (superuser.runs(sql) or harmless(tag, tree)):
        connection.execute(sql.encode())
        return True
    if not superuser.runs(sql) and _is_permitted(sql, connection, transactional):
        return True
    with _in_sight_of_others(connection, transactional):
        superuser.execute(sql, connection)
    return False


def _run_with_options(
    sql: str,
    options: IndexOptions,
    connection: psycopg.Connection[TupleRow],
    superuser: Superuser,
    transactional: bool,
) -> bool:
    """Run a statement that gives an index parameters, which the stand-in for its access method may not know."""
    newest = newest_index(connection)
    if _is_permitted(sql, connection, transactional, UNKNOWN):
        return True
    if options.text:
        connection.execute(options.text.encode())
    with _in_sight_of_others(connection, transactional):
        superuser.write_options(options, newest)
    return False


@contextmanager
def _in_sight_of_others(connection: psycopg.Connection[TupleRow], transactional: bool) -> Iterator[None]:
    """Between two transactions: another session sees what was done, and this one what the other does."""
    if transactional:
        connection.execute("COMMIT")
    yield
    if transactional:
        connection.execute("BEGIN")


def _is_permitted(
    sql: str,
    connection: psycopg.Connection[TupleRow],
    transactional: bool,
    refusal: type[psycopg.Error] = psycopg.errors.InsufficientPrivilege,
) -> bool:
    """Run a statement as the role itself; False, with nothing done, if Postgres refuses it like that."""
    if transactional:
        connection.execute("SAVEPOINT attempt")
    try:
        connection.execute(sql.encode())
    except refusal:
        if transactional:
            connection.execute("ROLLBACK TO attempt")
        return False
    return True
