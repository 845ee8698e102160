"""A file's text as statements: each with its place, what it declares, and its annotations."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from schemadiff.desired.reading.annotations import Annotation, Renamed, Using, annotations
from schemadiff.desired.reading.declared import Declared, declared
from schemadiff.desired.reading.dumped import is_dump, passed_over
from schemadiff.desired.reading.parse_tree import Tree, parse_shallow
from schemadiff.desired.reading.refusals import (
    Setting,
    changes_nothing,
    holds_password,
    refusal,
    setting,
    setting_refusal,
)
from schemadiff.desired.reading.source import Position, Source
from schemadiff.desired.reading.splitting import Chunk, split
from schemadiff.desired.refusing.without_effect import declares_rows, without_effect


@dataclass(frozen=True, slots=True)
class DesiredStatement:
    """One statement of a desired file, without its semicolon.

    `tag` is the parser's node class, "" where only the server can read it. `settings` are the SET statements above
    it in the same file.
    """

    sql: str
    position: Position
    tag: str
    settings: tuple[str, ...]
    declares: Declared | None
    annotations: tuple[Annotation, ...]
    or_replace: tuple[int, int] | None
    """Where OR REPLACE is in `sql`."""
    tree: Tree = field(repr=False, compare=False)
    source: Source = field(repr=False, compare=False)
    offset: int = field(repr=False, compare=False)

    @property
    def renamed(self) -> tuple[Renamed, ...]:
        """Its `@renamed` annotations."""
        return tuple(annotation for annotation in self.annotations if isinstance(annotation, Renamed))

    @property
    def using(self) -> tuple[Using, ...]:
        """Its `@using` annotations."""
        return tuple(annotation for annotation in self.annotations if isinstance(annotation, Using))


def statements(source: Source, *, roles: bool = False) -> Iterator[DesiredStatement]:
    """The statements of a schema file, which with `roles` may declare roles; DesiredError for what may not be there."""
    settings: tuple[str, ...] = ()
    dump = is_dump(source)
    for chunk in split(source):
        if not chunk.tokens:
            annotations(source, chunk, "", None)
            continue
        sql = source.text[chunk.start : chunk.end]
        tag, tree = _parsed(source, chunk.start, sql)
        if dump and passed_over(tag, tree):
            yield _statement(source, chunk, sql, tag, tree, settings)
            continue
        changed = setting(tag, tree)
        if changed is not None:
            settings = _with_setting(source, chunk.start, settings, changed, tree, sql, dump=dump)
            continue
        refused = without_effect(tag, tree, roles=roles) or refusal(tag, tree, chunk.tokens[0].name, roles=roles)
        if refused is not None and not declares_rows(tag, tree):
            raise source.error(chunk.start, *refused, shown=not holds_password(tag, tree))
        yield _statement(source, chunk, sql, tag, tree, settings)


def _parsed(source: Source, offset: int, sql: str) -> tuple[str, Tree]:
    try:
        return parse_shallow(sql)
    except RecursionError:
        raise source.error(offset, "the statement is nested too deeply", "write a long expression in parts") from None


def _statement(
    source: Source, chunk: Chunk, sql: str, tag: str, tree: Tree, settings: tuple[str, ...]
) -> DesiredStatement:
    object = declared(tag, tree)
    return DesiredStatement(
        sql=sql,
        position=source.position(chunk.start),
        tag=tag,
        settings=settings,
        declares=object,
        annotations=annotations(source, chunk, tag, object) if chunk.comments else (),
        or_replace=_or_replace(chunk),
        tree=tree,
        source=source,
        offset=chunk.start,
    )


def _with_setting(
    source: Source, offset: int, settings: tuple[str, ...], changed: Setting, tree: Tree, sql: str, *, dump: bool
) -> tuple[str, ...]:
    refused = setting_refusal(changed, tree, dump=dump)
    if refused is not None:
        raise source.error(offset, *refused)
    if tree.get("kind") == "VAR_RESET_ALL":
        return ()
    return settings if changes_nothing(changed.name) else (*settings, sql)


def _or_replace(chunk: Chunk) -> tuple[int, int] | None:
    if [token.name for token in chunk.tokens[:3]] != ["CREATE", "OR", "REPLACE"]:
        return None
    return chunk.tokens[1].start - chunk.start, chunk.tokens[2].end - chunk.start
