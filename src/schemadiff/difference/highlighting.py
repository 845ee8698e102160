"""Which words differ between two texts, with a little of what stands around them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby

_TOKEN = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
_CONTEXT_LINES = 1
_CONTEXT_WIDTH = 60
_MOST_TOKENS = 2000
"""Of a run of differing lines, up to which its words are compared: the time grows with the square."""


class Side(Enum):
    """Where a piece of text stands."""

    BOTH = "both"
    FOUND = "found"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text and the side that has it."""

    side: Side
    text: str


def marked(found: str, expected: str) -> str:
    """Both texts as one: `[-only found-]{+only expected+}`, far unchanged parts as `...`."""
    return "".join(map(_marked_piece, shortened(pieces(found, expected))))


def pieces(found: str, expected: str) -> tuple[Piece, ...]:
    """Both texts as one sequence: what both share, and what only one has; first by lines, then by words."""
    old, new = found.splitlines(True), expected.splitlines(True)
    made: list[Piece] = []
    for tag, a, b, c, d in _opcodes(old, new):
        before, after = "".join(old[a:b]), "".join(new[c:d])
        made += [Piece(Side.BOTH, before)] if tag == "equal" else _by_words(before, after)
    return tuple(_joined(made))


def shortened(made: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces without the lines, and parts of long lines, that are far from any difference."""
    for place, piece in enumerate(made):
        if piece.side is Side.BOTH:
            yield Piece(Side.BOTH, _near(piece.text, after=place > 0, before=place < len(made) - 1))
        else:
            yield piece


def _by_words(found: str, expected: str) -> Iterator[Piece]:
    old, new = _TOKEN.findall(found), _TOKEN.findall(expected)
    if max(len(old), len(new)) > _MOST_TOKENS:
        yield from (Piece(Side.FOUND, found), Piece(Side.EXPECTED, expected))
        return
    for tag, a, b, c, d in _opcodes(old, new):
        if tag == "equal":
            yield Piece(Side.BOTH, "".join(old[a:b]))
        else:
            yield from (Piece(Side.FOUND, "".join(old[a:b])), Piece(Side.EXPECTED, "".join(new[c:d])))


def _opcodes(old: list[str], new: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _joined(made: list[Piece]) -> Iterator[Piece]:
    """The pieces without empty ones; a lone blank between two differences belongs to them."""
    kept = list(_merged(piece for piece in made if piece.text))
    runs = [
        piece.side is Side.BOTH and not (0 < place < len(kept) - 1 and piece.text.isspace() and "\n" not in piece.text)
        for place, piece in enumerate(kept)
    ]
    for shared, group in groupby(zip(runs, kept, strict=True), key=lambda pair: pair[0]):
        run = [piece for _, piece in group]
        if shared:
            yield Piece(Side.BOTH, "".join(piece.text for piece in run))
            continue
        for side in (Side.FOUND, Side.EXPECTED):
            text = "".join(piece.text for piece in run if piece.side in (side, Side.BOTH))
            if text:
                yield Piece(side, text)


def _merged(made: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces with neighbours that both sides have as one."""
    for side, group in groupby(made, key=lambda piece: piece.side):
        if side is Side.BOTH:
            yield Piece(side, "".join(piece.text for piece in group))
        else:
            yield from group


def _near(text: str, *, after: bool, before: bool) -> str:
    """The ends of a shared text that touch a difference: `after` one, `before` one, or both."""
    lines = text.split("\n")
    head = lines[: _CONTEXT_LINES + 1] if after else []
    tail = lines[-_CONTEXT_LINES - 1 :] if before else []
    if len(head) + len(tail) + 1 >= len(lines):
        parts = [_narrow(line, after=after and not n, before=before and n == len(lines) - 1)
                 for n, line in enumerate(lines)]  # fmt: skip
        return "\n".join(parts)
    head[:1] = [_narrow(line, after=True, before=False) for line in head[:1]]
    tail[-1:] = [_narrow(line, after=False, before=True) for line in tail[-1:]]
    return "\n".join([*head, "...", *tail])


def _narrow(line: str, *, after: bool, before: bool) -> str:
    """A line with its middle, or its far end, left out where it is long."""
    if len(line) <= _CONTEXT_WIDTH * (after + before or 2):
        return line
    start = line[:_CONTEXT_WIDTH].rpartition(" ")[0] or line[:_CONTEXT_WIDTH]
    end = line[-_CONTEXT_WIDTH:].partition(" ")[2] or line[-_CONTEXT_WIDTH:]
    if after is before:
        return f"{start} ... {end}"
    return f"{start} ..." if after else f"... {end}"


def _marked_piece(piece: Piece) -> str:
    if piece.side is Side.BOTH:
        return piece.text
    opening, closing = ("[-", "-]") if piece.side is Side.FOUND else ("{+", "+}")
    text = visible_blanks(piece.text)
    line = text.removesuffix("\n")
    return f"{opening}{line}{closing}{text[len(line) :]}"


def visible_blanks(text: str) -> str:
    """`text` with what the eye would miss spelled out: tabs, characters without a shape, breaks at an end."""
    text = "".join(char if char.isprintable() or char == "\n" else _spelled(char) for char in text)
    if text.isspace() or not text.strip("\n"):
        return text.replace("\n", "\\n")
    return text


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode()
