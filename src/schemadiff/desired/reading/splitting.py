"""Splitting of SQL text into statements, by the scanner of Postgres."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pglast import parser

from schemadiff.desired.reading.source import Source
from schemadiff.errors import DesiredError

_COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
_IGNORED_COMMANDS = frozenset({"restrict", "unrestrict", "connect", "c"})
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_COPY_DATA = re.compile(r"^[ \t]*copy\b[^;]*\bfrom\s+stdin\b[^;]*;", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a statement, or a comment; `end` is where the next character is."""

    start: int
    end: int
    name: str
    keyword: bool
    """Whether it is a reserved word."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One statement without its semicolon, and all comments since the statement before."""

    tokens: tuple[Token, ...]
    comments: tuple[Token, ...]
    semicolon: int | None
    """Where the semicolon is; the last statement of a file may have none."""

    @property
    def start(self) -> int:
        """Where the first token starts."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where the last token ends."""
        return self.tokens[-1].end


def split(source: Source) -> Iterator[Chunk]:
    """The statements of a file; psql commands that pg_dump writes are skipped.

    DesiredError where a string or comment has no end, or for any other command of psql.
    """
    tokens: list[Token] = []
    comments: list[Token] = []
    parentheses = blocks = 0
    for token in _tokens(source):
        if token.name in _COMMENTS:
            comments.append(token)
            continue
        if token.name == "ASCII_59" and parentheses <= 0 and blocks == 0:
            if tokens:
                yield Chunk(tuple(tokens), tuple(comments), token.start)
                comments = []
            tokens, parentheses = [], 0
            continue
        parentheses += {"ASCII_40": 1, "ASCII_41": -1}.get(token.name, 0)
        if token.name == "ATOMIC" and tokens and tokens[-1].name == "BEGIN_P":
            blocks += 1
        elif blocks:
            blocks += {"CASE": 1, "END_P": -1}.get(token.name, 0)
        tokens.append(token)
    if tokens:
        yield Chunk(tuple(tokens), tuple(comments), None)
    elif comments:
        yield Chunk((), tuple(comments), None)


def _tokens(source: Source) -> list[Token]:
    # the scanner counts bytes and translates them to characters in quadratic time: give it one byte each
    text = _NOT_ASCII.sub("q", source.text)
    while True:
        try:
            tokens = [
                Token(token.start, token.end + 1, token.name, token.kind == "RESERVED_KEYWORD")
                for token in parser.scan(text)
            ]
        except parser.ParseError as error:
            message, offset = error.args
            command = _command_at(text, max(offset, 0))
            if command is None:
                raise _scan_error(source, text, message, max(offset, 0)) from None
        else:
            commands = (_command_at(text, token.start) for token in tokens if token.name == "ASCII_92")
            command = next((start for start in commands if start is not None), None)
            if command is None:
                return tokens
        text = _without_command(source, text, command)


def _command_at(text: str, offset: int) -> int | None:
    """Where the line of `offset` starts with a backslash, if it does."""
    start = text.rfind("\n", 0, offset) + 1
    line = text[start : offset + 1]
    return start + len(line) - len(line.lstrip()) if line.lstrip().startswith("\\") else None


def _without_command(source: Source, text: str, start: int) -> str:
    end = text.find("\n", start)
    line = text[start : len(text) if end < 0 else end]
    word = re.match(r"\\(\w*)", line)
    if word is None or word.group(1) not in _IGNORED_COMMANDS:
        raise source.error(
            start,
            f"{line.split()[0]} is a psql command, which desired files cannot contain",
            "write what it does as SQL, or remove it",
        )
    return text[:start] + " " * len(line) + text[start + len(line) :]


def _scan_error(source: Source, text: str, message: str, offset: int) -> DesiredError:
    if (data := _COPY_DATA.search(text, 0, offset)) is not None:
        return source.error(
            data.start() + len(data.group()) - len(data.group().lstrip()),
            "COPY loads rows, and desired files contain the schema only",
            "dump with pg_dump --schema-only; put data steps in a folder backfills",
        )
    return source.error(offset, message.split("\n")[0], "close it")
