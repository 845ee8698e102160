"""The tokens of a PL/pgSQL body, read one by one by the scanner of Postgres."""

import re
from collections.abc import Collection, Iterator

from pglast import parser

from schemadiff.desired.reading.splitting import Token

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
_OPENING, _CLOSING = frozenset("(["), frozenset(")]")


class Unreadable(Exception):
    """A body of which the structure is not understood here, whatever Postgres makes of it."""


class Words:
    """A body, and how far it is read. Raises Unreadable where it ends too early."""

    def __init__(self, body: str) -> None:
        self.body = body
        # one byte for each character, so that offsets are those of characters
        try:
            scanned = parser.scan(_NOT_ASCII.sub("q", body))
        except parser.ParseError as error:
            raise Unreadable(str(error)) from None
        self._tokens = [
            Token(token.start, token.end + 1, token.name, token.kind == "RESERVED_KEYWORD")
            for token in scanned
            if token.name not in _COMMENTS
        ]
        self._texts = [body[token.start : token.end].upper() for token in self._tokens]
        self._next = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._next >= len(self._tokens)

    @property
    def offset(self) -> int:
        """Where the next word begins."""
        return len(self.body) if self.done else self._tokens[self._next].start

    def peek(self, ahead: int = 0) -> str:
        """A word to come, in upper case; "" behind the end."""
        place = self._next + ahead
        return self._texts[place] if place < len(self._texts) else ""

    def take(self) -> str:
        """The next word as it is written."""
        if self.done:
            raise Unreadable("the body ends in the middle of a statement")
        token = self._tokens[self._next]
        self._next += 1
        return self.body[token.start : token.end]

    def skip(self, *expected: str) -> bool:
        """Pass over the next word if it is one of these."""
        if self.peek() in expected:
            self._next += 1
            return True
        return False

    def until(self, *ends: str) -> "Phrase":
        """What stands before one of these words, outside of parentheses; the word itself is passed over."""
        start, depth = self._next, 0
        while not self.done:
            text = self._texts[self._next]
            if depth == 0 and text in ends:
                phrase = self._phrase(start, self._next)
                self._next += 1
                return phrase
            depth += (text in _OPENING) - (text in _CLOSING)
            self._next += 1
        raise Unreadable(f"{' or '.join(ends)} is missing")

    def strings(self) -> Iterator[str]:
        """All string constants of the body."""
        for token in self._tokens:
            if token.name in ("SCONST", "USCONST"):
                yield self.body[token.start : token.end]

    def _phrase(self, start: int, end: int) -> "Phrase":
        return Phrase(self.body, tuple(self._tokens[start:end]))


class Phrase:
    """Some tokens of a body, such as an expression or a statement."""

    def __init__(self, body: str, tokens: tuple[Token, ...]) -> None:
        self._body, self.tokens = body, tokens

    def __bool__(self) -> bool:
        return bool(self.tokens)

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def text(self) -> str:
        """As it is written."""
        return self._body[self.tokens[0].start : self.tokens[-1].end] if self.tokens else ""

    @property
    def words(self) -> tuple[str, ...]:
        """Each token in upper case."""
        return tuple(self._body[token.start : token.end].upper() for token in self.tokens)

    def part(self, start: int, end: int | None = None) -> "Phrase":
        """The tokens from one place to another."""
        return Phrase(self._body, self.tokens[start:end])

    def find(self, words: Collection[str], start: int = 0) -> int | None:
        """The place of the first of these words outside of parentheses."""
        depth = 0
        for place, word in enumerate(self.words):
            if place >= start and depth == 0 and word in words:
                return place
            depth += (word in _OPENING) - (word in _CLOSING)
        return None

    def cut(self, *words: str) -> tuple["Phrase", "Phrase"]:
        """What stands before and behind the first of these words outside of parentheses; all, and nothing, if none."""
        place = self.find(words)
        return (self, self.part(len(self))) if place is None else (self.part(0, place), self.part(place + 1))

    def split(self) -> Iterator["Phrase"]:
        """What stands between commas outside of parentheses."""
        rest = self
        while rest:
            head, rest = rest.cut(",")
            yield head

    def name_end(self, start: int = 0) -> int:
        """Where a name ends that begins at `start`, with its fields and subscripts."""
        place, words, depth = start + 1, self.words, 0
        while place < len(words):
            if depth == 0 and words[place] not in (".", "[") and words[place - 1] != ".":
                break
            depth += (words[place] in _OPENING) - (words[place] in _CLOSING)
            place += 1
        return min(place, len(words))
