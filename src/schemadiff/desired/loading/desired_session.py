"""The connection on which desired statements run, with the settings of the file of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.errors import Diagnostic

from schemadiff.desired import limits
from schemadiff.desired.loading.watch import Watch
from schemadiff.desired.reading.desired_statements import DesiredStatement


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
