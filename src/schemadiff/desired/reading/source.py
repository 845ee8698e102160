"""Where a piece of SQL was written, so that an error names file, line and column and shows the line."""

from bisect import bisect_right
from dataclasses import dataclass

from schemadiff.errors import DesiredError

LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file, counted from 1; `template` is the place in a template that the file called."""

    file: str
    line: int
    column: int
    template: "Position | None" = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Text:
    """A file as it was written; `name` is how it is shown."""

    __slots__ = ("_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        starts = [0]
        while end := text.find("\n", starts[-1]) + 1:
            starts.append(end)
        self._starts = starts

    def position(self, offset: int) -> Position:
        """The position of the character at `offset`."""
        line = bisect_right(self._starts, offset)
        return Position(self.name, line, offset - self._starts[line - 1] + 1)

    def start_of(self, line: int) -> int:
        """The offset of the first character of a line."""
        return self._starts[min(line, len(self._starts)) - 1]

    def excerpt(self, position: Position) -> str:
        """The line of `position` with a caret under the column, indented."""
        start = self.start_of(position.line)
        end = self.text.find("\n", start)
        line = self.text[start : len(self.text) if end < 0 else end]
        column = min(position.column - 1, len(line))
        if len(line) > LONGEST_LINE:
            first = max(0, column - LONGEST_LINE // 2)
            line, column = line[first : first + LONGEST_LINE], column - first
        blank = "".join(character if character == "\t" else " " for character in line[:column])
        return f"    {line}\n    {blank}^"


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` on, a rendered text comes from `offset` in `origin`.

    A span of an expression comes from one place as a whole; in any other span, characters correspond.
    """

    start: int
    origin: Text
    offset: int
    expression: bool = False


class Source:
    """SQL text as it runs, and where each of its characters was written."""

    __slots__ = ("_file", "_span_starts", "_spans", "text")

    def __init__(self, file: Text, rendered: str | None = None, spans: tuple[Span, ...] = ()) -> None:
        self._file = file
        self._spans = spans or (Span(0, file, 0),)
        self._span_starts = [span.start for span in self._spans]
        self.text = file.text if rendered is None else rendered

    @property
    def name(self) -> str:
        """How the file is shown."""
        return self._file.name

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where its parts were written."""
        return self._spans

    def position(self, offset: int) -> Position:
        """Where the character at `offset` was written: in the file, and in a template if that wrote it."""
        index = max(bisect_right(self._span_starts, offset) - 1, 0)
        inner = self._place(index, offset)
        if self._spans[index].origin is self._file:
            return inner
        while index > 0 and self._spans[index].origin is not self._file:
            index -= 1
        outer = self._place(index, self._spans[index].start)
        return Position(outer.file, outer.line, outer.column, template=inner)

    def others(self, start: int, end: int) -> tuple[Text, ...]:
        """The texts beside the file itself of which the characters from `start` to `end` were made."""
        first = max(bisect_right(self._span_starts, start) - 1, 0)
        inside = self._spans[first : bisect_right(self._span_starts, end - 1)]
        return tuple({span.origin.name: span.origin for span in inside if span.origin is not self._file}.values())

    def error(self, offset: int, message: str, next_step: str = "", *, shown: bool = True) -> DesiredError:
        """An error about the character at `offset`: file:line:column, the line if it may be shown, and what to do."""
        position = self.position(offset)
        if not shown:
            return DesiredError("\n".join([f"{position}: {message}", next_step]))
        lines = [f"{position}: {message}", self._file.excerpt(position)]
        if position.template is not None:
            lines.append(f"  in the template, {position.template}")
            lines.append(self._text_named(position.template.file).excerpt(position.template))
        if next_step:
            lines.append(next_step)
        return DesiredError("\n".join(lines))

    def _place(self, index: int, offset: int) -> Position:
        span = self._spans[index]
        return span.origin.position(span.offset + (0 if span.expression else offset - span.start))

    def _text_named(self, name: str) -> Text:
        return next(span.origin for span in self._spans if span.origin.name == name)
