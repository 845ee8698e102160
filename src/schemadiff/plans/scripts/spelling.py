"""SQL that looks like what it is: characters that steer a terminal, turn text around or end a line are spelled out.

In names and strings they become escapes of U&"..." and U&'...', with the same value. So a name cannot end a comment, a
script can be printed anywhere, and what a build's log takes for a command does not stand in it.
"""

import re
from dataclasses import replace
from itertools import pairwise

from schemadiff.catalog.sql import Sql
from schemadiff.desired.data_steps.batch import BATCH
from schemadiff.plans.model import Script, Segment
from schemadiff.printable import COMMANDS_IN_LOGS, MISLEADING, without_commands

_IN_NAMES = re.compile(rf"[\n\r\t]|{MISLEADING.pattern}")
"""A name is better without line breaks, too; in strings they are usual."""

_SUSPICIOUS = re.compile(rf"{MISLEADING.pattern}|(?<!:):[\"'A-Za-z_]|{COMMANDS_IN_LOGS.pattern}", re.MULTILINE)
"""What must be looked at more closely, which most SQL need not be."""

_WHOLE_NAMES = re.compile(r"--[^'$*\t]*|(?:[^\"'$*\t-]|-(?!-)|\"[^\"'$*\t]*\")*")
"""A line that nothing but a name could span: no string, comment or body begins or ends on it, and names are whole."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_PART = re.compile(r"'((?:[^']|'')*)'")
_ESCAPED = re.compile(r"\\[\s\S]|[\s\S]")
_DOUBLE, _SINGLE = '"', "'"
_FOR_PSQL = re.compile(r"(^\\set[ \t]+batch[ \t]+true[ \t]*$)", re.MULTILINE)
_DOLLARS = re.compile(r"\$[^$]*\$")


def spelled_script(script: Script) -> Script:
    """A script of such statements."""
    segments = tuple(map(_segment, script.segments))
    preflights = tuple(
        replace(preflight, rows=spelled(preflight.rows), statement=spelled(preflight.statement))
        for preflight in script.preflights
    )
    return replace(script, segments=segments, preflights=preflights)


def _segment(segment: Segment) -> Segment:
    steps = tuple(replace(step, sql=spelled(step.sql)) for step in segment.steps)
    backfill = segment.backfill and replace(segment.backfill, sql=spelled(segment.backfill.sql))
    return replace(segment, steps=steps, backfill=backfill)


def spelled(sql: Sql) -> Sql:
    """`sql`, one statement or many, with the same meaning; as it is where only the server can read it.

    psql would take a colon before a name for a variable: it gets a blank, unless it is that of `:batch`.
    """
    if _SUSPICIOUS.search(sql) is None and not _may_break_a_name(sql):
        return sql
    from pglast.parser import ParseError, scan  # takes longer to load than all else here

    try:
        # the scanner counts bytes and translates them to characters in quadratic time: give it one byte each
        tokens = scan(_NOT_ASCII.sub("q", sql))
    except ParseError:
        return sql
    parts, end = [], 0
    for token, following in pairwise((*tokens, None)):
        assert token is not None
        text = sql[token.start : token.end + 1]
        parts += [MISLEADING.sub(" ", sql[end : token.start]), _token(token.name, text)]
        end = token.end + 1
        if token.name == "ASCII_58" and following is not None and following.start == end:
            word = sql[following.start : following.end + 1]
            if re.match(r"[\"'\w]", word) and not word[0].isdecimal() and word != BATCH[1:]:
                parts.append(" ")
    return Sql("".join([*parts, MISLEADING.sub(" ", sql[end:])]))


def _may_break_a_name(sql: str) -> bool:
    return '"' in sql and any('"' in line and not _WHOLE_NAMES.fullmatch(line) for line in sql.split("\n"))


def spelled_text(text: str) -> str:
    """A whole script, in which lines for psql set what `:batch` stands for."""
    return "".join(part if _FOR_PSQL.fullmatch(part) else spelled(Sql(part)) for part in _FOR_PSQL.split(text))


def _token(kind: str, text: str) -> str:
    match kind:
        case "IDENT" if text.startswith('"'):
            return _name(text[1:-1].replace('""', '"'), text)
        case "IDENT":
            return _name("".join(char.lower() if char.isascii() else char for char in text), text)
        case "SCONST" if text[0] in "eE":
            return _within_escapes(text)
        case "SCONST" if text.startswith("$"):
            tag = _DOLLARS.match(text)
            return _string(text[tag.end() : -tag.end()], text) if tag else text
        case "SCONST":
            return _string("".join(part.replace("''", "'") for part in _PART.findall(text)), text)
        case "UIDENT":
            return _IN_NAMES.sub(lambda found: _escape(found[0]), text)
        case "USCONST":
            return MISLEADING.sub(lambda found: _escape(found[0]), text)
        case "SQL_COMMENT" | "C_COMMENT":
            return without_commands(MISLEADING.sub(" ", text))
    return text


def _name(value: str, text: str) -> str:
    return f'U&"{_escapes(value, _IN_NAMES, _DOUBLE)}"' if _places(value, _IN_NAMES) else text


def _string(value: str, text: str) -> str:
    return f"U&'{_escapes(value, MISLEADING, _SINGLE)}'" if _places(value, MISLEADING) else text


def _places(value: str, characters: re.Pattern[str]) -> set[int]:
    """Where characters are to be spelled out: also the first of what a log would take for a command."""
    commands = {found.start("first") for found in COMMANDS_IN_LOGS.finditer(value)}
    return commands | {found.start() for found in characters.finditer(value)}


def _escapes(value: str, characters: re.Pattern[str], quote: str) -> str:
    places = _places(value, characters)
    doubled = {"\\": "\\\\", quote: quote * 2}
    return "".join(_escape(char) if place in places else doubled.get(char, char) for place, char in enumerate(value))


def _escape(char: str) -> str:
    return f"\\{ord(char):04X}" if ord(char) < 0x10000 else f"\\+{ord(char):06X}"


def _within_escapes(text: str) -> str:
    """A string of the form E'...': it has escapes of its own."""
    value = text[2:-1]
    places = _places(value, MISLEADING)

    def spelled_out(found: re.Match[str]) -> str:
        return f"\\U{ord(found[0][-1]):08X}" if found.end() - 1 in places else found[0]

    return f"{text[:2]}{_ESCAPED.sub(spelled_out, value)}'"
