"""Where the desired files declare an object, for whoever wants to change it there."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from schemadiff.catalog.sql import Quoted, last_name, qualifier, unquoted
from schemadiff.desired.reading.desired_statements import DesiredStatement

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
        relation = unquoted(last_name(table))
        schema = unquoted(qualifier(table))
        tables = [
            statement
            for statement in self._declaring[relation, None]
            if statement.declares and statement.declares.kind in _HOLDERS
        ]
        for statement in (*self._declaring[unquoted(part), relation], *tables):
            if statement.declares and statement.declares.schema in (None, schema):
                return self._shown(statement)
        return None

    def _shown(self, statement: DesiredStatement) -> str:
        position = statement.position
        file = Path(position.file)
        shown = file.relative_to(self._root) if file.is_relative_to(self._root) else file
        return f"{shown}:{position.line}:{position.column}"
