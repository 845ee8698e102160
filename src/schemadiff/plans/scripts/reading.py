"""Reading up.sql or down.sql back into segments and statements, also one edited by hand.

A segment is what stands between BEGIN and COMMIT, or one statement outside of them; one with `:batch` runs again for
each batch. SET statements outside belong to the segment that follows.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pglast import ast, parse_sql
from pglast.enums import TransactionStmtKind
from pglast.parser import ParseError, split

from schemadiff.catalog.sql import Sql
from schemadiff.desired.data_steps.batch import BATCH, EVERY_ROW, batch_places, with_batch
from schemadiff.errors import PlanFileError

_SET_BATCH = re.compile(r"^\\set[ \t]+batch[ \t]+true[ \t]*\r?$", re.MULTILINE)
_BACKFILL_TITLE = re.compile(r"^--.*\bbackfill (?P<name>.+), batches of \d+ rows\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """One statement as it stands in the file, without its semicolon.

    `label` is segment.statement, as the comments of the script and the review count them; of a SET, BEGIN or
    COMMIT it is the segment alone.
    """

    sql: Sql
    line: int
    label: str
    tree: ast.Node

    @property
    def counted(self) -> bool:
        """Whether the statement does work of its own."""
        return "." in self.label


@dataclass(frozen=True, slots=True)
class ScriptSegment:
    """What commits together: `begin` and `commit` are the file's own, None for a statement outside of them.

    `settings` are the SET statements ahead of it, which a resumed run needs again.
    `backfill` names the backfill whose batches it runs.
    """

    number: int
    settings: tuple[ScriptStatement, ...]
    statements: tuple[ScriptStatement, ...]
    begin: ScriptStatement | None = None
    commit: ScriptStatement | None = None
    backfill: str | None = None


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A script read from `file` (up.sql or down.sql)."""

    file: str
    segments: tuple[ScriptSegment, ...]


def read_script(text: str, file: str) -> ScriptFile:
    """The segments of a script's text.

    Errors: PlanFileError with file and line for what does not parse, for a psql command other than
    `\\set batch true`, and for transaction commands that do not pair up.
    """
    return ScriptFile(file, tuple(_Reader(text, file).segments()))


def parsed(sql: str) -> ast.Node:
    """The parse tree of one statement, which may hold `:batch`."""
    (raw,) = parse_sql(with_batch(sql, EVERY_ROW))
    assert raw.stmt is not None
    return raw.stmt


class _Reader:
    """Splits one text; `_border` is where the last segment ends, `_settings` are the SETs since then."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._number = 1
        self._border = 0
        self._settings: list[ScriptStatement] = []

    def segments(self) -> Iterator[ScriptSegment]:
        """Every segment; settings after the last one change nothing and are left out."""
        spans = self._spans()
        for span in spans:
            if isinstance(span.tree, ast.VariableSetStmt):
                self._settings.append(self._statement(span, 0))
                continue
            if isinstance(span.tree, ast.TransactionStmt):
                segment, end = self._transaction(self._statement(span, 0), span.tree, spans)
            else:
                segment, end = self._alone(span), span.end
            yield segment
            self._number += 1
            self._border = end
            self._settings = []

    def _alone(self, span: "_Span") -> ScriptSegment:
        statement = self._statement(span, 1)
        backfill = self._backfill(statement, span) if batch_places(statement.sql) else None
        return ScriptSegment(self._number, tuple(self._settings), (statement,), backfill=backfill)

    def _transaction(
        self, begin: ScriptStatement, tree: ast.TransactionStmt, rest: "Iterator[_Span]"
    ) -> tuple[ScriptSegment, int]:
        if tree.kind not in _BEGINS:
            raise self._error(begin.line, "ends a transaction that the script did not begin: remove it")
        statements: list[ScriptStatement] = []
        index = 0
        for span in rest:
            ends = isinstance(span.tree, ast.TransactionStmt) and not span.tree.savepoint_name
            counted = not ends and not isinstance(span.tree, ast.VariableSetStmt)
            index += counted
            statement = self._statement(span, index if counted else 0)
            if isinstance(span.tree, ast.TransactionStmt) and ends:
                if span.tree.kind != TransactionStmtKind.TRANS_STMT_COMMIT or span.tree.chain:
                    raise self._error(statement.line, "a transaction of a script ends with COMMIT alone")
                settings = tuple(self._settings)
                backfill = next((self._backfill(one, span) for one in statements if batch_places(one.sql)), None)
                return ScriptSegment(self._number, settings, tuple(statements), begin, statement, backfill), span.end
            statements.append(statement)
        raise self._error(begin.line, "BEGIN has no COMMIT: add it")

    def _backfill(self, statement: ScriptStatement, span: "_Span") -> str:
        titles = list(_BACKFILL_TITLE.finditer(self._text[self._border : span.start]))
        if not titles:
            title = "'-- backfill <name>, batches of <n> rows along <key>'"
            raise self._error(statement.line, f"{BATCH} needs a comment above that names its backfill: {title}")
        return titles[-1]["name"]

    def _statement(self, span: "_Span", index: int) -> ScriptStatement:
        label = f"{self._number}.{index}" if index else f"{self._number}"
        return ScriptStatement(Sql(self._text[span.start : span.end]), self._line(span.start), label, span.tree)

    def _spans(self) -> "Iterator[_Span]":
        """Where each statement stands; stand-ins of the same length make the text parse."""
        text = _SET_BATCH.sub(lambda found: " " * len(found[0]), self._text)
        try:
            slices = split(with_batch(text, EVERY_ROW), with_parser=True, only_slices=True)
        except ParseError as error:
            raise self._parse_error(error) from error
        for place in slices:
            yield _Span(parsed(self._text[place]), place.start, place.stop)

    def _parse_error(self, error: ParseError) -> PlanFileError:
        message, *place = error.args
        line = self._line(place[0]) if place and isinstance(place[0], int) else 1
        if self._text[self._line_starts[line - 1] :].startswith("\\"):
            message = "a psql command other than '\\set batch true' does not work here"
        return self._error(line, str(message))

    def _line(self, offset: int) -> int:
        return bisect_right(self._line_starts, offset)

    def _error(self, line: int, message: str) -> PlanFileError:
        return PlanFileError(f"{self._file}:{line}: {message}")


@dataclass(frozen=True, slots=True)
class _Span:
    """A statement's tree with the offsets of its first character and of its semicolon."""

    tree: ast.Node
    start: int
    end: int


_BEGINS = (TransactionStmtKind.TRANS_STMT_BEGIN, TransactionStmtKind.TRANS_STMT_START)
