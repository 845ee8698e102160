"""What a program sees while a plan runs: a line of JSON for each event."""

import re
from collections.abc import Callable
from dataclasses import asdict

from schemadiff.api import Event
from schemadiff.cli.console.output import Output

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def event_lines(output: Output, shown: Callable[[Event], None]) -> Callable[[Event], None]:
    """What prints a line for an event, `event` with its name, and hands it to what shows it to people."""

    def tell(event: Event) -> None:
        name = _WORD.sub("_", type(event).__name__).lower()
        output.result_json({"event": name, **asdict(event)}, lines=True)
        shown(event)

    return tell
