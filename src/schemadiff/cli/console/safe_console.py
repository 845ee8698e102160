"""A console of rich's on which no text steers the terminal, whatever is printed."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from schemadiff.printable import printable


class SafeConsole(Console):
    """Only rich's own styles and movements reach the terminal as such."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of a renderable, with blanks for control characters in their texts."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control or text.isprintable() else Segment(printable(text, keep="\n"), style)
