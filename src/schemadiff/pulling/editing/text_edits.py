"""Changes of the text of one file, statement by statement; all other characters stay."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from schemadiff.desired.reading.desired_statements import DesiredStatement

_END = re.compile(r"(?:\s|--[^\n]*(?:\n|$))*?;")
_COMMENTS_ABOVE = re.compile(r"(?:^[ \t]*--[^\n]*\n)*[ \t]*\Z", re.MULTILINE)


@dataclass(slots=True)
class FileEdits:
    """What becomes of a file's text; edits must not overlap."""

    text: str
    _edits: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, statement: DesiredStatement, sql: str) -> None:
        """Put other SQL in the place of a statement; comments above it and its semicolon stay."""
        self._edits.append((statement.offset, statement.offset + len(statement.sql), sql))

    def remove(self, statement: DesiredStatement) -> None:
        """Take a statement out, with the comments right above it."""
        above = _COMMENTS_ABOVE.search(self.text, 0, statement.offset)
        start = above.start() if above else statement.offset
        end = self._end(statement)
        if self.text[end : end + 1] == "\n":
            end += 1
        if self.text[end : end + 1] == "\n" and (start == 0 or self.text.endswith("\n\n", 0, start)):
            end += 1
        self._edits.append((start, end, ""))

    def insert_after(self, statement: DesiredStatement, statements: Sequence[str]) -> None:
        """Put statements below another one."""
        end = self._end(statement)
        missing = "" if self.text[end - 1] == ";" else ";"
        self._edits.append((end, end, missing + "".join(f"\n\n{sql};" for sql in statements)))

    def append(self, statements: Iterable[str]) -> None:
        """Put statements at the end."""
        before = self.text.rstrip()
        written = "\n\n".join(f"{sql};" for sql in statements)
        self._edits.append((len(before), len(self.text), (f"\n\n{written}" if before else written) + "\n"))

    def rewrite(self, text: str, *, keeping: bool) -> None:
        """Put `text` in the place of all there is, or below it."""
        before = self.text.rstrip() + "\n\n" if keeping and self.text.strip() else ""
        self._edits.append((0, len(self.text), before + text))

    @property
    def result(self) -> str | None:
        """The text as it becomes; None where nothing is left of it."""
        written, place = "", 0
        for start, end, sql in sorted(self._edits, key=lambda edit: edit[:2]):
            written += self.text[place : max(start, place)] + sql
            place = max(end, place)
        written += self.text[place:]
        return written if written.strip() else None

    def _end(self, statement: DesiredStatement) -> int:
        """Where the statement ends, with its semicolon if it has one."""
        end = statement.offset + len(statement.sql)
        found = _END.match(self.text, end)
        return found.end() if found else end
