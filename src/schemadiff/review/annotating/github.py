"""GitHub's annotations: commands in a job's log that put remarks beside the lines of a pull request."""

from collections.abc import Iterator

from schemadiff.printable import one_line
from schemadiff.review.annotating.remarks import Level, Remark

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def annotations(remarks: tuple[Remark, ...]) -> Iterator[str]:
    """A command for each remark, on a line of its own; nothing that a name holds ends it or begins another."""
    for remark in remarks:
        properties = {"title": f"schemadiff: {remark.rule}"}
        if remark.place is not None:
            place = remark.place
            properties = {"file": place.file, "line": str(place.line), "col": str(place.column)} | properties
        shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        yield f"::{_COMMANDS[remark.level]} {shown}::{_data(remark.message)}"


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
