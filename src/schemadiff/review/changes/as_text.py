"""What a script changes as lines of plain text, in the form of a diff."""

from collections.abc import Iterator, Sequence
from itertools import islice

from schemadiff.difference.highlighting import marked
from schemadiff.printable import one_line, printable
from schemadiff.review.changes.model import Group, Line


def as_text(groups: Sequence[Group], *, brief: bool = False) -> Iterator[str]:
    """A line for each object, behind its mark, and below it, if not `brief`, what it consists of and what differs."""
    for group in groups:
        if not group.alone:
            yield f"@@ {one_line(group.object)} @@"
        for line in group.lines:
            yield from islice(_of_line(line), 1 if brief else None)


def _of_line(line: Line) -> Iterator[str]:
    """One object, and what belongs to it further in."""
    hazards = f": {', '.join(line.hazards)}" if line.hazards else ""
    yield f"{line.mark} {one_line(line.words)}  [{line.number}{hazards}]"
    yield from (f"      {one_line(detail)}" for detail in line.details)
    for body in line.bodies:
        text = printable(marked(body.before or "", body.after or "").strip("\n"), keep="\n")
        yield from (f"      {one}" for one in text.split("\n"))
