"""What running a statement shows that its text does not: that nothing came of it, or more than a declaration."""

import psycopg
from psycopg import errors

from schemadiff.desired.loading.desired_session import DesiredSession, Report
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.dumped import is_dump

_STATE = """
SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text,
       ARRAY(SELECT c.oid::regclass::text FROM pg_catalog.pg_class AS c
             WHERE c.relkind = 'r' AND c.oid >= 16384 AND pg_catalog.pg_relation_size(c.oid) > 0)
"""
"""The next transaction, and the tables that hold rows."""

_NOT_GRANTED = ("01006", "01007")
_SKIPPED = "does not exist, skipping"


class SideEffects:
    """Looks at the database before and after a DO block, and at what the server says of other statements."""

    def __init__(self, session: DesiredSession, connection: psycopg.Connection) -> None:
        self._session = session
        self._connection = connection
        self._next = ""
        self._filled: frozenset[str] = frozenset()

    def before(self, statement: DesiredStatement) -> None:
        """Take note of what is there before a DO block."""
        if statement.tag == "DoStmt":
            self._next, self._filled = self._state()

    def after(self, statement: DesiredStatement) -> psycopg.Error | None:
        """Why nothing came of a statement that has run: it may once others have. Errors: DesiredError for good ones."""
        notices = list(self._session.notices)
        if statement.tag == "DoStmt":
            return self._after_block(statement)
        if not is_dump(statement.source):
            for notice in notices:
                if notice.sqlstate in _NOT_GRANTED:
                    raise statement.source.error(
                        statement.offset,
                        f"this statement has no effect: {notice.message}",
                        "the role that loads files, and runs plans, may not grant that; remove it",
                    )
        return next((_skipped(notice) for notice in notices if _is_skipped(statement, notice)), None)

    def _after_block(self, statement: DesiredStatement) -> psycopg.Error | None:
        following, filled = self._state()
        if written := sorted(filled - self._filled):
            raise statement.source.error(
                statement.offset,
                f"the DO block writes rows to {', '.join(written)}, and no plan would write them",
                "put data steps in a folder backfills, or run them on live by hand",
            )
        if following != self._next:
            return None
        return errors.NoData("this DO block has no effect: remove it, or write what it should declare as SQL")

    def _state(self) -> tuple[str, frozenset[str]]:
        row = self._connection.execute(_STATE).fetchone()
        assert row is not None
        return row[0], frozenset(row[1])


def _is_skipped(statement: DesiredStatement, notice: Report) -> bool:
    """Whether IF EXISTS passed over what is not there; DROP may do so."""
    return statement.tag.startswith("Alter") and notice.message.endswith(_SKIPPED)


def _skipped(notice: Report) -> psycopg.Error:
    return errors.UndefinedTable(f"this statement has no effect: {notice.message}")
