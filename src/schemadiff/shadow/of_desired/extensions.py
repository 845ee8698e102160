"""Extensions that files leave open: their versions and schemas, and on a platform those that no file declares."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.sql import literal, quote_ident
from schemadiff.desired.files import Desired
from schemadiff.desired.reading.desired_statements import DesiredStatement, statements
from schemadiff.desired.reading.parse_tree import options
from schemadiff.desired.reading.source import Source, Text


@dataclass(frozen=True, slots=True)
class Extensions:
    """What live has, what version its server takes by itself (`chosen`), and what the scratch server can install.

    With `keeps`, those of a platform stay that no file declares.
    """

    live: Catalog
    chosen: Mapping[str, str]
    available: Collection[tuple[str, str]]
    keeps: bool = True

    def completed(self, desired: Desired) -> Desired:
        """The files with what they leave open in CREATE EXTENSION, which stays as it is on live.

        On a platform, that holds for extensions that no file declares, too: they are switched on and off elsewhere.
        """
        found = tuple(self._completed(statement) for statement in desired.statements)
        if self.keeps and self.live.scope.supabase:
            declared = {quote_ident(_name(statement)) for statement in found if _creates(statement)}
            kept = "".join(f"{text};\n" for text in self._undeclared(declared))
            found = (*statements(Source(Text("extensions of live", kept))), *found)
        return replace(desired, statements=found)

    def _completed(self, statement: DesiredStatement) -> DesiredStatement:
        if not _creates(statement):
            return statement
        name, said = _name(statement), dict(options(statement.tree))
        there = self._on_live(quote_ident(name))
        words = statement.sql
        if there is not None and self.live.scope.supabase and "schema" not in said and not there.makes_schema:
            words += f" SCHEMA {there.schema}"
        version = there.version if there is not None else self.chosen.get(name)
        if version is not None and "new_version" not in said and (name, version) in self.available:
            words += f" VERSION {literal(version)}"
        return replace(statement, sql=words)

    def _undeclared(self, declared: Collection[str]) -> Iterator[str]:
        for name in self.live.rows.get(Extension.KIND, {}):
            there = self._on_live(name)
            if there is not None and name not in declared:
                schema = "" if there.makes_schema or there.schema == "pg_catalog" else f" SCHEMA {there.schema}"
                yield f"CREATE EXTENSION IF NOT EXISTS {name}{schema} VERSION {literal(there.version)}"

    def _on_live(self, name: str) -> Extension | None:
        values = self.live.rows.get(Extension.KIND, {}).get(name)
        return None if values is None else Extension.of(values)


def _creates(statement: DesiredStatement) -> bool:
    return statement.tag == "CreateExtensionStmt"


def _name(statement: DesiredStatement) -> str:
    return str(statement.tree.get("extname"))
