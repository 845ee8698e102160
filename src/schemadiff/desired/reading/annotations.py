"""Annotations: comments that say what a catalog cannot, such as the previous name of an object."""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from schemadiff.desired.reading.declared import Declared
from schemadiff.desired.reading.source import Position, Source
from schemadiff.desired.reading.splitting import Chunk, Token


@dataclass(frozen=True, slots=True)
class Renamed:
    """`@renamed from=old`: the object had another name, or was in another schema.

    Names are unquoted. `schema` is None until the server has resolved it (`renames` in loading.py),
    `old_schema` is None where the annotation names none.
    """

    object: Declared
    old: str
    old_schema: str | None
    position: Position


@dataclass(frozen=True, slots=True)
class Using:
    """`@using expression`: how the values of a column become values of its declared type."""

    object: Declared
    expression: str
    position: Position


Annotation = Renamed | Using

KNOWN = {
    "renamed": "-- @renamed from=old_name, above an object or a column",
    "using": "-- @using expression, above a column",
    "backfill": "-- @backfill table=schema.table key=column batch=1000, in a folder backfills",
    "check": "-- @check name=words [raises=SQLSTATE], in a folder checks",
}

_WORD = re.compile(r"^[ \t]*(?:--|/\*|\*)?[ \t*]*@(\w+)[ \t]*(.*?)[ \t]*(?:\*/)?[ \t]*$", re.MULTILINE)
_NAME = re.compile(r'(?:(?P<schema>[\w$]+|"(?:[^"]|"")+")\.)?(?P<name>[\w$ -]+|"(?:[^"]|"")+")')
_UNNAMED = frozenset({"PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "LIKE"})
_WITH_ELEMENTS = {
    "CreateStmt": "column",
    "CreateForeignTableStmt": "column",
    "CompositeTypeStmt": "column",
    "CreateEnumStmt": "enum value",
}


@dataclass(frozen=True, slots=True)
class Written:
    """An annotation as it is written in a comment."""

    word: str
    value: str
    offset: int
    """Of the @."""


def written(source: Source, comment: Token) -> list[Written]:
    """The annotations in a comment; DesiredError for a word that is not known."""
    found = []
    for match in _WORD.finditer(source.text[comment.start : comment.end]):
        offset = comment.start + match.start(1) - 1
        if match.group(1) not in KNOWN:
            known = "\n".join(f"    {line}" for line in KNOWN.values())
            raise source.error(
                offset, f"@{match.group(1)} is not an annotation", f"these are the annotations:\n{known}"
            )
        found.append(Written(match.group(1), match.group(2), offset))
    return found


def annotations(source: Source, chunk: Chunk, tag: str, object: Declared | None) -> tuple[Annotation, ...]:
    """The annotations of a statement and of the columns and values it lists."""
    found: list[Annotation] = []
    for comment in chunk.comments:
        for annotation in written(source, comment):
            target = _target(source, chunk, tag, object, comment, annotation)
            if annotation.word == "renamed":
                found.append(_renamed(source, annotation, target))
            elif annotation.word == "using":
                found.append(_using(source, annotation, target))
            else:
                raise source.error(
                    annotation.offset,
                    f"@{annotation.word} belongs to a file in a folder {annotation.word}s",
                    "move the statement to such a file",
                )
    return tuple(found)


def _renamed(source: Source, annotation: Written, target: Declared) -> Renamed:
    assigned, _, value = annotation.value.partition("=")
    name = _NAME.fullmatch(value.strip())
    if assigned.strip() != "from" or name is None:
        raise source.error(
            annotation.offset,
            "@renamed does not say the old name",
            'write @renamed from=old_name, or from="Old Name"',
        )
    schema = name.group("schema")
    position = source.position(annotation.offset)
    return Renamed(target, _plain(name.group("name")), None if schema is None else _plain(schema), position)


def _using(source: Source, annotation: Written, target: Declared) -> Using:
    if target.kind != "column":
        raise source.error(annotation.offset, f"@using is above a {target.kind}", "put it above a column")
    if not annotation.value:
        raise source.error(annotation.offset, "@using has no expression", "write @using expression")
    return Using(target, annotation.value, source.position(annotation.offset))


def _target(
    source: Source, chunk: Chunk, tag: str, object: Declared | None, comment: Token, annotation: Written
) -> Declared:
    """What the comment is above, or after on the same line."""
    token = _anchor(source.text, chunk, comment)
    if token is None:
        raise source.error(
            annotation.offset,
            f"@{annotation.word} is above nothing",
            "put it on a line of its own above what it is about",
        )
    if object is None:
        raise source.error(
            annotation.offset,
            f"@{annotation.word} is above a statement that declares no single object",
            "put it above the CREATE statement, or above the column",
        )
    if tag in _WITH_ELEMENTS:
        for element in _elements(chunk):
            if element[0].start <= token.start <= element[-1].start:
                return _element(source, element, tag, object, annotation)
    return object


def _anchor(text: str, chunk: Chunk, comment: Token) -> Token | None:
    starts = [token.start for token in chunk.tokens]
    following = bisect_right(starts, comment.start)
    before = chunk.tokens[following - 1] if following else None
    after = chunk.tokens[following] if following < len(starts) else None
    behind = before is not None and "\n" not in text[before.end : comment.start]
    ahead = after is not None and "\n" not in text[comment.end : after.start]
    if before is None:
        line = text[text.rfind("\n", 0, comment.start) + 1 : comment.start]
        return after if not line.strip() or ahead else None
    if behind and not (ahead and before.name in ("ASCII_44", "ASCII_40")):
        return before
    return after


def _elements(chunk: Chunk) -> list[list[Token]]:
    """The parts of the first parenthesised list, each with the comma behind it."""
    elements: list[list[Token]] = []
    current: list[Token] = []
    depth = 0
    for token in chunk.tokens:
        depth += token.name == "ASCII_40"
        if depth == 1 and token.name == "ASCII_40":
            continue
        depth -= token.name == "ASCII_41"
        if depth == 0 and token.name == "ASCII_41":
            break
        if depth:
            current.append(token)
        if depth == 1 and token.name == "ASCII_44":
            elements.append(current)
            current = []
    return [*elements, current] if current else elements


def _element(source: Source, element: list[Token], tag: str, object: Declared, annotation: Written) -> Declared:
    kind, first = _WITH_ELEMENTS[tag], element[0]
    if first.name == "CONSTRAINT":
        kind, first = "constraint", element[1]
    elif first.name in _UNNAMED or (first.name == "EXCLUDE" and element[1].name in ("ASCII_40", "USING")):
        raise source.error(
            annotation.offset,
            f"@{annotation.word} is above a part without a name",
            "give it one: CONSTRAINT name ...",
        )
    name = source.text[first.start : first.end]
    return replace(object, kind=kind, name=_plain(name), relation=object.name)


def _plain(name: str) -> str:
    """The name that an identifier denotes, or the value of a string."""
    quote = name[0]
    if quote in "\"'":
        return name[1:-1].replace(quote * 2, quote)
    return name.strip().lower()
