"""Where the desired files declare an object, for whoever wants to change it there."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, last_name, qualifier, unquoted
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.source import Position, Text

_HOLDERS = frozenset({"table", "foreign table", "view", "materialized view"})


class Places:
    """Places of declarations by the names that are written there; files are named from `root` on."""

    def __init__(self, statements: Iterable[DesiredStatement], root: Path) -> None:
        self._root = root
        self._declaring: dict[tuple[str, str | None], list[DesiredStatement]] = defaultdict(list)
        for statement in statements:
            if declares := statement.declares:
                self._declaring[declares.name, declares.relation].append(statement)

    def of(self, table: Quoted, part: Quoted) -> str | None:
        """Where a part of a table is declared, or else the table; None if neither is, such as in a DO block."""
        for statement in self._of_part(table, part):
            return self._shown(statement)
        return None

    def made_by(self, identity: Identity, holder: Identity | None = None) -> tuple[Text, ...]:
        """The templates that made the statement which declares an object, or the table that holds it."""
        part = holder is not None and holder != identity
        own = self._of_part(holder.name, last_name(identity.name)) if holder and part else self._of_kind(identity)
        for one in own:
            return one.source.others(one.offset, one.offset + len(one.sql))
        return ()

    def of_object(self, identity: Identity, holder: Identity | None = None) -> str | None:
        """Where an object is declared, or its line in the statement of the table that holds it; None for neither."""
        name = last_name(identity.name)
        if holder is None or holder == identity:
            return next(map(self._shown, self._of_kind(identity)), None)
        for statement in self._of_part(holder.name, name):
            if statement.declares and statement.declares.relation is None:
                return self._shown(statement, _lines_before(statement.sql, unquoted(name)))
            return self._shown(statement)
        return next(map(self._shown, self._of_kind(holder)), None)

    def in_body(self, routine: Identity, body: str, offset: int | None) -> str | None:
        """Where a statement in the body of a routine was written, also by a template; its declaration if unknown."""
        for statement in self._of_kind(routine):
            begins = statement.sql.find(body)
            if begins >= 0 and offset is not None:
                position = statement.source.position(statement.offset + begins + offset)
                return self._named(position) + (f" ({self._named(position.template)})" if position.template else "")
        return self.of_object(routine)

    def _of_part(self, table: Quoted, part: Quoted) -> Iterator[DesiredStatement]:
        relation = unquoted(last_name(table))
        schema = unquoted(qualifier(table))
        tables = [
            statement
            for statement in self._declaring.get((relation, None), ())
            if statement.declares and statement.declares.kind in _HOLDERS
        ]
        for statement in (*self._declaring.get((unquoted(part), relation), ()), *tables):
            if statement.declares and statement.declares.schema in (None, schema):
                yield statement

    def _of_kind(self, identity: Identity) -> Iterator[DesiredStatement]:
        schema = unquoted(qualifier(identity.name))
        for statement in self._declaring.get((unquoted(last_name(identity.name)), None), ()):
            declares = statement.declares
            if declares and declares.kind == identity.kind and declares.schema in (None, schema):
                yield statement

    def _shown(self, statement: DesiredStatement, lines: int = 0) -> str:
        position = statement.position
        moved = Position(position.file, position.line + lines, 1 if lines else position.column)
        return self._named(moved)

    def _named(self, position: Position) -> str:
        file = Path(position.file)
        shown = file.relative_to(self._root) if file.is_relative_to(self._root) else file
        return f"{shown}:{position.line}:{position.column}"


def _lines_before(sql: str, name: str) -> int:
    """How many lines of a CREATE TABLE stand above the one that begins with a name; 0 where none does."""
    found = re.search(rf'^[\s,]*(?:CONSTRAINT\s+)?"?{re.escape(name)}"?(?!\w)', sql, re.MULTILINE | re.IGNORECASE)
    return sql.count("\n", 0, found.end()) if found else 0
