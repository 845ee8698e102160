"""The connection on which desired statements run, with the settings of the file of each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.errors import Diagnostic

from schemadiff.desired import limits
from schemadiff.desired.loading.watch import Watch
from schemadiff.desired.reading.declared import Declared
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.errors import ConnectionFailed, ScratchError


@dataclass(frozen=True, slots=True)
class Report:
    """What the server says about a statement, in a notice or as an error."""

    sqlstate: str | None
    severity: str | None
    message: str
    position: int
    """Of the character in the statement, counted from 1; 1 where the server names none."""

    @classmethod
    def of(cls, diagnostic: Diagnostic) -> "Report":
        """What a diagnostic says; psycopg's own is only valid while a notice is being handed over."""
        return cls(
            diagnostic.sqlstate,
            diagnostic.severity_nonlocalized,
            diagnostic.message_primary or "",
            int(diagnostic.statement_position or 1),
        )


_LOADING = (
    "SET check_function_bodies = off; SET client_min_messages = notice; "
    "SET synchronous_commit = off; SET lock_timeout = 0; SET statement_timeout = '{}s'"
)


_END = "COMMIT;"
"""Outside of a transaction, it does nothing but make the server say so: it marks where a statement is done."""
_ENDED = "25P01"


def _by_statement(notices: Sequence[Report]) -> list[list[Report]]:
    """What was said of each statement that is done."""
    found: list[list[Report]] = [[]]
    for notice in notices:
        if notice.sqlstate == _ENDED:
            found.append([])
        else:
            found[-1].append(notice)
    return found[:-1]


class DesiredSession:
    """Runs statements one by one, each in a transaction of its own; with a `watch`, that knows of them."""

    def __init__(self, connection: psycopg.Connection, watch: Watch[DesiredStatement] | None = None) -> None:
        self._connection = connection
        self._watch = watch
        self._settings: tuple[str, ...] | None = None
        self.notices: list[Report] = []
        """What the server said during the last statement."""
        connection.add_notice_handler(lambda diagnostic: self.notices.append(Report.of(diagnostic)))

    def run(self, statement: DesiredStatement, text: str) -> psycopg.Error | None:
        """Run `text` under the settings of the statement; the server's error, or None."""
        self._begin([statement])
        try:
            self.use(statement.settings)
            self.notices.clear()
            self._connection.execute(_trusted(text))
        except psycopg.Error as error:
            if self._connection.broken:
                raise
            return error
        return None

    def run_together(self, statements: Sequence[DesiredStatement], texts: Sequence[str]) -> bool:
        """Run `texts` in one transaction and one round trip, under the settings that the statements share.

        False, with nothing done, if one of them fails or the server has something to say about it.
        """
        self._begin(statements)
        numbered = [f"SET LOCAL application_name = '{number}';\n{text}" for number, text in enumerate(texts)]
        try:
            self.use(statements[0].settings)
            self.notices.clear()
            with self._connection.transaction() as transaction:
                self._connection.execute(_trusted("\n;\n".join(numbered)))
                if self.notices:
                    raise psycopg.Rollback(transaction)
        except psycopg.Error:
            if self._connection.broken:
                raise
            return False
        return not self.notices

    def run_in_turn(self, statements: Sequence[DesiredStatement], texts: Sequence[str]) -> list[list[Report]]:
        """Run `texts` in one round trip, each in a transaction of its own, up to the first that fails.

        Returns what the server said of each that was run, in their order. They share their settings, and none of them
        runs code of users, which might change what the server reports.
        """
        self._begin(statements)
        numbered = (
            f"BEGIN;\nSET LOCAL application_name = '{number}';\n{text}\n;\nCOMMIT;\n{_END}"
            for number, text in enumerate(texts)
        )
        self.notices.clear()
        try:
            self.use(statements[0].settings)
            self._connection.execute(_trusted("\n".join(numbered)))
        except psycopg.Error:
            if self._connection.broken:
                raise
            said = _by_statement(self.notices)
            self._connection.execute("ROLLBACK")
            return said
        return _by_statement(self.notices)

    def _begin(self, statements: Sequence[DesiredStatement]) -> None:
        if self._watch is not None:
            self._watch.begin(statements)

    def use(self, settings: tuple[str, ...]) -> None:
        """Apply the settings of a file, and none of another file."""
        if settings == self._settings:
            return
        self._settings = None
        self._connection.execute(_trusted(f"RESET ALL; RESET ROLE; {_LOADING.format(limits.STATEMENT_SECONDS)}"))
        for setting in settings:
            self._connection.execute(_trusted(setting))
        self._settings = settings

    def search_path(self) -> str:
        """The search path now in force."""
        row = self._connection.execute("SELECT current_setting('search_path')").fetchone()
        return "" if row is None else str(row[0])


def _trusted(text: str) -> sql.SQL:
    """SQL of the desired files, which runs as it is written."""
    return sql.SQL(text)


def schema_of(loaded: psycopg.Connection, object: Declared) -> str | None:
    """The schema of an unqualified name in a file, under that file's search path."""
    row = loaded.execute(
        """
        SELECT nspname FROM pg_namespace WHERE oid = coalesce(
            (SELECT relnamespace FROM pg_class WHERE oid = to_regclass(quote_ident(%(name)s))),
            (SELECT typnamespace FROM pg_type WHERE oid = to_regtype(quote_ident(%(name)s))),
            to_regnamespace(quote_ident(current_schema()))::oid)
        """,
        {"name": object.relation or object.name},
    ).fetchone()
    return None if row is None else str(row[0])


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    """A session in autocommit on a scratch database. Errors: ConnectionFailed; ScratchError where it is cut."""
    try:
        connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)
    except psycopg.OperationalError as error:
        raise ConnectionFailed(f"the scratch database does not answer: {error}") from error
    with connection:
        try:
            yield connection
        except psycopg.OperationalError as error:
            if connection.broken:
                raise ScratchError(f"the scratch server went away during loading: {error}") from error
            raise
