"""Columns and constraints inside a CREATE TABLE that somebody wrote: single ones come, change and go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemadiff.catalog.sql import quote_ident
from schemadiff.desired.reading.source import Source, Text
from schemadiff.desired.reading.splitting import Chunk, Token, split

_UNNAMED = frozenset({"PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE"})
_HOLDS_CONSTRAINT = frozenset({"PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "CONSTRAINT"})


@dataclass(frozen=True, slots=True)
class _Clause:
    """A column or constraint; `name` is None for a constraint without one."""

    name: tuple[str, str] | None
    start: int
    end: int
    words: frozenset[str]
    text: str

    @property
    def plain(self) -> str:
        """The text without regard to blanks and case outside of quotes."""
        return " ".join(self.text.split()).lower()


@dataclass(frozen=True, slots=True)
class _Table:
    """A CREATE TABLE: what stands around the clauses, these, and where comments are."""

    sql: str
    head: str
    tail: str
    clauses: tuple[_Clause, ...]
    comments: tuple[Token, ...]

    @property
    def named(self) -> dict[tuple[str, str], _Clause]:
        """The clauses with a name."""
        return {clause.name: clause for clause in self.clauses if clause.name is not None}


def with_changes(written: str, before: str, after: str) -> str | None:
    """A CREATE TABLE as somebody wrote it, changed as `after` differs from `before`, which schemadiff wrote.

    None where the change is not one of single clauses, or where a clause says more than its own column.
    """
    mine, old, new = (_parsed(sql) for sql in (written, before, after))
    if mine is None or old is None or new is None or (old.head, old.tail) != (new.head, new.tail):
        return None
    if len(old.named) < len(old.clauses) or len(new.named) < len(new.clauses):
        return None
    edits: list[tuple[int, int, str]] = []
    columns_go = any(kind == "column" for kind, _ in old.named.keys() - new.named.keys())
    for name, clause in old.named.items():
        wanted = new.named.get(name)
        if wanted is not None and wanted.text == clause.text:
            continue
        found = mine.named.get(name)
        if found is None:
            if wanted is None and name[0] == "constraint" and columns_go:
                continue  # it stood beside one of them
            return None
        if wanted is None:
            edits.append(_removal(mine, found))
        elif name[0] == "column" and found.words & _HOLDS_CONSTRAINT and found.plain != clause.plain:
            return None
        else:
            edits.append((found.start, found.end, wanted.text))
    edits += _additions(mine, old.named, new.named)
    return _applied(written, edits)


def _additions(
    mine: _Table, old: Mapping[tuple[str, str], _Clause], new: Mapping[tuple[str, str], _Clause]
) -> Iterator[tuple[int, int, str]]:
    """New clauses, each after the one before it."""
    before: tuple[str, str] | None = None
    for name, clause in new.items():
        if name not in old and mine.clauses:
            here = mine.named.get(before) if before is not None and before[0] == name[0] else None
            columns = [one for one in mine.clauses if one.name is None or one.name[0] == "column"]
            last = columns[-1] if name[0] == "column" and columns else mine.clauses[-1]
            yield from _addition(mine, here or last, clause.text)
        if name in mine.named:
            before = name


def _addition(mine: _Table, after: _Clause, text: str) -> Iterator[tuple[int, int, str]]:
    line = mine.sql.rfind("\n", 0, after.start) + 1
    indent = mine.sql[line : after.start]
    indent = indent if not indent.strip() else "    "
    later = [clause for clause in mine.clauses if clause.start > after.start]
    comma = mine.sql.find(",", after.end) + 1 if later else after.end
    beside = [token for token in mine.comments if comma <= token.start and "\n" not in mine.sql[comma : token.start]]
    place = beside[0].end if beside else comma
    if later:
        yield place, place, f"\n{indent}{text},"
    else:
        yield after.end, after.end, ","
        yield place, place, f"\n{indent}{text}"


def _removal(mine: _Table, gone: _Clause) -> tuple[int, int, str]:
    place = mine.clauses.index(gone)
    if place + 1 < len(mine.clauses):
        return gone.start, mine.clauses[place + 1].start, ""
    return (mine.clauses[place - 1].end if place else gone.start), gone.end, ""


def _applied(sql: str, edits: list[tuple[int, int, str]]) -> str:
    written, place = "", 0
    for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
        written += sql[place : max(start, place)] + text
        place = max(end, place)
    return written + sql[place:]


def _parsed(sql: str) -> _Table | None:
    chunk = next(iter(split(Source(Text("", sql)))), None)
    if chunk is None:
        return None
    opening = next((place for place, token in enumerate(chunk.tokens) if token.name == "ASCII_40"), None)
    if opening is None:
        return None
    found: list[list[Token]] = [[]]
    depth = 1
    for place, token in enumerate(chunk.tokens[opening + 1 :], opening + 1):
        depth += {"ASCII_40": 1, "ASCII_41": -1}.get(token.name, 0)
        if depth == 0:
            return _table(sql, chunk, found, (chunk.tokens[opening].end, chunk.tokens[place].start))
        if depth == 1 and token.name == "ASCII_44":
            found.append([])
        else:
            found[-1].append(token)
    return None


def _table(sql: str, chunk: Chunk, found: list[list[Token]], inner: tuple[int, int]) -> _Table:
    clauses = tuple(_clause(sql, tokens) for tokens in found if tokens)
    head, tail = " ".join(sql[: inner[0]].split()), " ".join(sql[inner[1] :].split())
    comments = tuple(token for token in chunk.comments if inner[0] <= token.start < inner[1])
    return _Table(sql, head, tail, clauses, comments)


def _clause(sql: str, tokens: list[Token]) -> _Clause:
    start, end = tokens[0].start, tokens[-1].end
    first = sql[tokens[0].start : tokens[0].end]
    name: tuple[str, str] | None = ("column", _name(first))
    if first.upper() == "CONSTRAINT" and len(tokens) > 1:
        name = ("constraint", _name(sql[tokens[1].start : tokens[1].end]))
    elif first.upper() in _UNNAMED:
        name = None
    words = frozenset(sql[token.start : token.end].upper() for token in tokens[1:])
    return _Clause(name, start, end, words, sql[start:end])


def _name(written: str) -> str:
    return written if written.startswith('"') and quote_ident(written[1:-1]) == written else written.strip('"').lower()
