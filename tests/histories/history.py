"""One history: the text of each of its states."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_HEADER = re.compile(r"^-- (?:states? (?P<first>\d+)(?P<on>-)?(?P<last>\d+)?|(?P<rows>rows))$", re.M)


@dataclass(frozen=True)
class History:
    """States in order, and rows that are there from the first one on."""

    name: str
    states: tuple[str, ...]
    rows: str

    def __str__(self) -> str:
        return self.name


def read_history(path: Path) -> History:
    """The history in a file; the highest number in a header is the last state."""
    text = path.read_text()
    headers = list(_HEADER.finditer(text))
    ends = [*(header.start() for header in headers[1:]), len(text)]
    blocks = [(header, text[header.end() : end]) for header, end in zip(headers, ends, strict=True)]
    numbers = [int(number) for header in headers for number in (header["first"], header["last"]) if number]
    states = tuple(
        "\n".join(body for header, body in blocks if _holds(header, state)) for state in range(1, max(numbers) + 1)
    )
    return History(path.stem, states, "\n".join(body for header, body in blocks if header["rows"]))


def _holds(header: re.Match[str], state: int) -> bool:
    if header["rows"]:
        return False
    first = int(header["first"])
    if not header["on"]:
        return state == first
    return first <= state and (header["last"] is None or state <= int(header["last"]))


HISTORIES = tuple(read_history(path) for path in sorted(FOLDER.glob("*.sql")))

DEFAULT_GRANTS = (FOLDER / "platform" / "default_grants.sql").read_text()
"""Default privileges of schema public, as a Supabase project begins with."""
