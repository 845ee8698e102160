"""The statements of the files that are there, by the object that each is about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.composite_type import CompositeType
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.sql import last_name, schema_of, unquoted
from schemadiff.desired.files import Desired
from schemadiff.desired.reading.desired_statements import DesiredStatement, statements
from schemadiff.desired.reading.source import Source, Text
from schemadiff.pulling.declarations import Declaration
from schemadiff.pulling.editing.subjects import CREATED, Subject, part_of, subject_of, subject_of_root


class Written:
    """What the files say, which declare the catalog `declared`; `texts` are those of files by path."""

    def __init__(
        self, desired: Desired, declared: Catalog, declarations: Iterable[Declaration], texts: Mapping[Path, str]
    ) -> None:
        self._desired = desired
        self._declared = declared
        self._texts = texts
        self._arguments = _arguments(declarations)

    def text(self, path: Path) -> str:
        """The text of a file; nothing where there is none."""
        return self._texts.get(path, "")

    def about(self, root: Identity) -> list[DesiredStatement]:
        """The statements that are about an outermost object alone."""
        space, schema, name, _ = subject_of_root(root)
        found = []
        spaces = (space, "relation") if root.kind == CompositeType.KIND else (space,)
        schemas = (schema, None) if schema is not None else (None,)
        for place in ((space, schema, name) for space in spaces for schema in schemas):
            found += [
                statement
                for subject, statement in self._by_name.get(place, [])
                if space != "routine" or self._same_arguments(root, subject)
            ]
        return sorted(found, key=lambda statement: (statement.source.name, statement.offset))

    def alike(self, declared: Iterable[str]) -> list[DesiredStatement]:
        """The statements that read as `declared` ones do."""
        wanted = {plain(sql) for sql in declared}
        return [statement for statement in self._desired.statements if plain(statement.sql) in wanted]

    def _same_arguments(self, root: Identity, subject: Subject) -> bool:
        wanted = self._arguments.get(root)
        return wanted is None or subject.arguments is None or wanted == subject.arguments

    @cached_property
    def _by_name(self) -> dict[tuple[str, str | None, str], list[tuple[Subject, DesiredStatement]]]:
        tables = dict(self._tables_of_indexes())
        found: dict[tuple[str, str | None, str], list[tuple[Subject, DesiredStatement]]] = defaultdict(list)
        for statement in self._desired.statements:
            subject = subject_of(statement, tables)
            if subject is not None:
                found[subject.space, subject.schema, subject.name].append((subject, statement))
        return found

    def _tables_of_indexes(self) -> Iterable[tuple[tuple[str | None, str], Subject]]:
        for built in self._declared:
            if isinstance(built, Index | Constraint) and (holder := self._declared.holder(built)) is not None:
                schema, name = schema_of(holder.name), unquoted(last_name(built.identity))
                for named in (None if schema is None else unquoted(schema), None):
                    yield (named, name), subject_of_root(holder)


def _arguments(declarations: Iterable[Declaration]) -> dict[Identity, tuple[str, ...]]:
    """What routines are called with, as files write it."""
    found = {}
    for declaration in declarations:
        if subject_of_root(declaration.root).space == "routine" and declaration.object == declaration.root:
            for statement in statements(Source(Text("", declaration.sql))):
                subject = subject_of(statement, {})
                if part_of(statement) == CREATED and subject is not None and subject.arguments is not None:
                    found[declaration.root] = subject.arguments
    return found


def plain(sql: str) -> str:
    """SQL without regard to blanks and case."""
    return " ".join(sql.split()).lower()
