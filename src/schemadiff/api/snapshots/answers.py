"""Sessions that remember what a database answers, and sessions that answer from such a memory.

What makes a scratch server like live asks dozens of questions in as many places. They stay as they are: taking a
snapshot asks them all through a session that listens, and planning from it asks a session that has the answers.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.rows import TupleRow

from schemadiff.connection import Connection
from schemadiff.errors import SnapshotUnfit

Rows = list[tuple[Any, ...]] | None
"""What a statement returned, None where it returns no rows at all."""

Answers = dict[str, Rows]
"""By question: a digest of the statement and of its parameters."""

Parameters = Sequence[Any] | Mapping[str, Any] | None


def question(query: object, parameters: Parameters = None) -> str:
    """What stands for a statement with its parameters."""
    text = query.decode() if isinstance(query, bytes) else str(query)
    given = json.dumps(parameters, sort_keys=True, ensure_ascii=False) if parameters else ""
    return sha256(f"{text}\0{given}".encode()).hexdigest()[:32]


class _Given:
    """A cursor over rows that are there already; it makes no rows of its own, whatever its row factory is."""

    def __init__(self, session: "_Asked") -> None:
        self._session = session
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._rows = iter(())

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows

    def execute(self, query: object, params: Parameters = None) -> Self:
        """Ask; what comes is read as from any other cursor."""
        self._rows = iter(self._session.ask(query, params) or [])
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return list(self._rows)


class _Asked(psycopg.Connection[TupleRow]):
    """A session that has no server of its own behind it: what it is not made for fails."""

    def ask(self, query: object, parameters: Parameters) -> Rows:
        """The rows that a statement returns."""
        raise NotImplementedError

    def execute(self, query: object, params: Parameters = None, **_: object) -> Any:
        return _Given(self).execute(query, params)

    def cursor(self, *_: object, **__: object) -> Any:
        return _Given(self)

    def close(self) -> None:
        pass

    @property
    def closed(self) -> bool:
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


class Listening(_Asked):
    """A session on live that keeps every answer in `answers`."""

    def __init__(self, live: Connection) -> None:
        self.live, self.answers = live, Answers()

    @property
    def info(self) -> psycopg.ConnectionInfo:
        """What the driver knows of the server."""
        return self.live.info

    def ask(self, query: object, parameters: Parameters) -> Rows:
        """Ask live, and remember."""
        text = query if isinstance(query, bytes) else str(query).encode()
        cursor = self.live.execute(text, parameters)
        rows = None if cursor.description is None else [tuple(row) for row in cursor.fetchall()]
        self.answers[question(query, parameters)] = rows
        return rows


class _Version(psycopg.ConnectionInfo):
    def __init__(self, version: int) -> None:
        self._version = version

    @property
    def server_version(self) -> int:
        return self._version


class Answering(_Asked):
    """A session that says what live said when a snapshot was taken."""

    def __init__(self, answers: Answers, server_version: int) -> None:
        self._answers, self._info = answers, _Version(server_version)

    @property
    def info(self) -> psycopg.ConnectionInfo:
        """The version of live's server; nothing else is known."""
        return self._info

    def ask(self, query: object, parameters: Parameters) -> Rows:
        """What is remembered. Errors: SnapshotUnfit where nobody asked that."""
        key = question(query, parameters)
        if key not in self._answers:
            raise SnapshotUnfit(
                "the snapshot does not tell all that planning asks of live here: take it again with "
                "'schemadiff snapshot', with the same settings (--as-role, --roles, profile) as the plan"
            )
        return self._answers[key]
