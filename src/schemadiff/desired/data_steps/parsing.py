"""Reading of the files in folders `backfills` and `checks`."""

import hashlib
import re
from collections.abc import Iterator
from typing import cast

from schemadiff.catalog.sql import Quoted, Sql, name_parts, quote_ident, unquoted
from schemadiff.config import seconds_of
from schemadiff.desired.data_steps.batch import BATCH, EVERY_ROW, batch_places, with_batch
from schemadiff.desired.data_steps.steps import Backfill, Check
from schemadiff.desired.reading.annotations import Written, written
from schemadiff.desired.reading.parse_tree import Tree, listed, nodes, parse, table_name
from schemadiff.desired.reading.source import Source
from schemadiff.desired.reading.splitting import Chunk, split

DEFAULT_BATCH_SIZE = 1000

_SETTING = re.compile(r'(\w+)=((?:"[^"]*"|[^\s"])+)')
_QUALIFIED = re.compile(r'([\w$]+|"([^"]|"")+")\.([\w$]+|"([^"]|"")+")')
_COLUMNS = re.compile(r'([\w$]+|"([^"]|"")+")(,([\w$]+|"([^"]|"")+"))*')
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""One that does not stand in quotes."""
_PAUSE = re.compile(r"0|\d+(\.\d+)?(ms|s)")
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")

_DELETING = {"DeleteStmt", "CMD_DELETE", "DELETE_P"}
_INSERTING = {"InsertStmt", "CMD_INSERT", "INSERT"}
_UPSERTING = {"onConflictClause", "CONFLICT"}
_WRITING = ("UpdateStmt", "InsertStmt", "DeleteStmt", "MergeStmt")
"""Node classes, commands of MERGE branches, and tokens for statements that the parser cannot read."""


def backfill(source: Source, name: str) -> Backfill:
    """The backfill in a file: one statement under a header `-- @backfill table=... key=... batch=...`."""
    chunks = [chunk for chunk in split(source) if chunk.tokens]
    if len(chunks) != 1:
        raise source.error(
            chunks[1].start if chunks else 0,
            f"a backfill is one statement, and this file has {len(chunks)}",
            "write each backfill as a file of its own",
        )
    chunk = chunks[0]
    header = _header(source, chunk, "backfill")
    if header is None:
        raise source.error(
            chunk.start,
            "the header of the backfill is missing",
            "write above it: -- @backfill table=schema.table key=column batch=1000",
        )
    settings = _settings(source, header, {"table", "key", "batch", "pause"})
    table = _qualified(_setting(source, header, settings, "table", _QUALIFIED, "a qualified table: table=schema.table"))
    key = _listed(_setting(source, header, settings, "key", _COLUMNS, "a unique column without NULLs: key=id"))
    size = settings.get("batch", str(DEFAULT_BATCH_SIZE))
    if not size.isdigit() or int(size) == 0:
        raise source.error(header.offset, f"batch={size} is not a number of rows", "write batch=1000")
    pause = settings.get("pause", "0")
    if _PAUSE.fullmatch(pause) is None:
        raise source.error(header.offset, f"pause={pause} is not a duration", "write pause=200ms or pause=1s")
    sql = source.text[chunk.start : chunk.end]
    tag, tree = _parsed(source, chunk, sql)
    digest = hashlib.sha256("\0".join((sql, table, key, size)).encode()).hexdigest()
    does = {token.name for token in chunk.tokens} if not tag else set(_done({tag: tree}))
    writes = dict.fromkeys(name for name in _written({tag: tree}) if str(name) != table)
    return Backfill(
        name, Sql(sql), table, key, int(size), digest, _set_columns(tag, tree),
        deletes=not does.isdisjoint(_DELETING), inserts=not does.isdisjoint(_INSERTING),
        writes=tuple(writes), upserts=not does.isdisjoint(_UPSERTING),
        adapts="batch" not in settings, pause=0.0 if pause == "0" else seconds_of(pause),
    )  # fmt: skip


def checks(source: Source, name: str) -> list[Check]:
    """The checks in a file: queries, each under a header `-- @check name=... [raises=SQLSTATE]`."""
    found: dict[str, Check] = {}
    for chunk in split(source):
        if not chunk.tokens:
            continue
        header = _header(source, chunk, "check")
        settings = {} if header is None else _settings(source, header, {"name", "raises"})
        check_name = settings.get("name", name).strip('"')
        if check_name in found:
            raise source.error(
                chunk.start,
                f"there are two checks named {check_name!r}",
                "write above each: -- @check name=...",
            )
        raises = settings.get("raises")
        if header is not None and raises is not None and _SQLSTATE.fullmatch(raises) is None:
            raise source.error(header.offset, f"raises={raises} is not an SQLSTATE", "write raises=P0001")
        sql = source.text[chunk.start : chunk.end]
        tag, _ = parse(sql)
        if tag not in ("SelectStmt", ""):
            raise source.error(chunk.start, "a check is a query", "write SELECT ..., ... AS ok FROM ...")
        found[check_name] = Check(check_name, Sql(sql), raises, str(source.position(chunk.start)))
    return list(found.values())


def _header(source: Source, chunk: Chunk, word: str) -> Written | None:
    headers = [header for comment in chunk.comments for header in written(source, comment)]
    for header in headers:
        if header.word != word:
            raise source.error(
                header.offset, f"@{header.word} has no meaning in a folder {word}s", "move it, or remove it"
            )
    if len(headers) > 1:
        raise source.error(headers[1].offset, f"there is a second @{word} above one statement", "keep one")
    return headers[0] if headers else None


def _settings(source: Source, header: Written, known: set[str]) -> dict[str, str]:
    settings = dict(_SETTING.findall(header.value))
    rest = _SETTING.sub("", header.value).strip()
    unknown = [rest] if rest else sorted(settings.keys() - known)
    if unknown:
        raise source.error(
            header.offset,
            f"@{header.word} does not know {unknown[0]!r}",
            f"it knows {', '.join(f'{word}=' for word in sorted(known))}; quote words with spaces",
        )
    return settings


def _setting(
    source: Source,
    header: Written,
    settings: dict[str, str],
    setting: str,
    form: re.Pattern[str],
    wanted: str,
) -> str:
    value = settings.get(setting, "")
    if form.fullmatch(value) is None:
        raise source.error(header.offset, f"@backfill does not name {wanted.split(':')[0]}", f"write {wanted}")
    return value


def _qualified(name: str) -> Sql:
    return Sql(".".join(quote_ident(unquoted(part)) for part in name_parts(name)))


def _listed(columns: str) -> Sql:
    return Sql(", ".join(quote_ident(unquoted(Quoted(part))) for part in _COMMA.split(columns)))


def _parsed(source: Source, chunk: Chunk, sql: str) -> tuple[str, Tree]:
    """What kind of statement it is, and its parse tree."""
    if not batch_places(sql):
        raise source.error(
            chunk.start,
            f"the backfill has no {BATCH}",
            f"write WHERE {BATCH} AND ..., so that it runs in batches",
        )
    tag, tree = parse(with_batch(sql, EVERY_ROW))
    if tag not in ("UpdateStmt", "InsertStmt", "DeleteStmt", ""):
        raise source.error(chunk.start, "a backfill is one UPDATE, INSERT or DELETE", "write it as one of these")
    return tag, tree


def _set_columns(tag: str, tree: Tree) -> tuple[Quoted, ...]:
    """The columns that the statement sets where it is an UPDATE."""
    targets = listed(tree, "targetList") if tag == "UpdateStmt" else []
    return tuple(quote_ident(str(target["ResTarget"]["name"])) for target in targets)


def _written(tree: Tree) -> Iterator[Quoted]:
    """The tables that a statement and its common table expressions write, as far as it qualifies them."""
    for node in nodes(tree):
        for name in _WRITING:
            relation = cast(Tree, cast(Tree, node.get(name, {})).get("relation", {}))
            yield from [table_name(relation)] if relation else []


def _done(tree: Tree) -> Iterator[str]:
    """The classes of all nodes in a parse tree, and what the branches of a MERGE do."""
    for node in nodes(tree):
        yield from node
        yield str(node.get("commandType"))
