"""Snapshots as plain data, and read back from data that anybody may have written."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from schemadiff import __version__
from schemadiff.api.snapshots.answers import Rows
from schemadiff.api.snapshots.snapshot import Snapshot
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import Values
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.private_schema import DefaultGrantees
from schemadiff.catalog.reading.addresses import Address, Edge
from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.versions import refuse_unsupported
from schemadiff.errors import SnapshotUnfit

FORMAT = 1

T = TypeVar("T")


def document_of(snapshot: Snapshot) -> dict[str, object]:
    """The snapshot as JSON holds it, with the versions that decide whether it can be read."""
    catalog = snapshot.catalog
    return {
        "schemadiff_snapshot": FORMAT,
        "tool": __version__,
        "taken_at": snapshot.taken_at.isoformat(),
        "target": snapshot.target,
        "role": snapshot.role,
        "server_version": catalog.server_version,
        "user": catalog.current_user,
        "scope": catalog.scope.as_lists(),
        "default_grantees": catalog.default_grantees.tables,
        "unmanaged": catalog.unmanaged,
        "rows": catalog.rows,
        "addresses": [[*address, *identity] for address, identity in catalog.addresses.items()],
        "edges": catalog.edges,
        "answers": snapshot.answers,
        "loads": [[load.table, load.rows, load.bytes, load.writes_per_minute] for load in snapshot.loads],
        "unfinished": snapshot.unfinished,
        "done": sorted(snapshot.done),
    }


def snapshot_of(document: object) -> Snapshot:
    """The snapshot in a document. Errors: SnapshotUnfit for one of another version; ValueError for anything else."""
    found = _object(document)
    if found.get("schemadiff_snapshot") != FORMAT or found.get("tool") != __version__:
        raise SnapshotUnfit(
            f"the snapshot was taken by schemadiff {found.get('tool')}, and this is {__version__}, which may ask other "
            "questions: take it again with this version, or plan with that one"
        )
    version = _is(int)(found.get("server_version"))
    refuse_unsupported(version, "the server of the snapshot")
    scope = Scope.from_lists(_map(found.get("scope"), _each(_text)))
    taken_at = datetime.fromisoformat(_text(found.get("taken_at"))).astimezone(UTC)
    unfinished = found.get("unfinished")
    return Snapshot(
        taken_at,
        _text(found.get("target")),
        _text(found.get("role")),
        Catalog(
            version,
            version,
            Quoted(_text(found.get("user"))),
            scope,
            {cls: {} for cls in BY_NAME}
            | {kind: _rows(kind, rows) for kind, rows in _object(found.get("rows")).items()},
            dict(_each(_address)(found.get("addresses"))),
            list(_each(_edge)(found.get("edges"))),
            tuple(_each(_text)(found.get("unmanaged"))),
            DefaultGrantees(tuple(map(Quoted, _each(_text)(found.get("default_grantees"))))),
        ),
        _map(found.get("answers"), _answer),
        tuple(_each(_load)(found.get("loads"))),
        None if unfinished is None else _text(unfinished),
        frozenset(_each(_pair)(found.get("done"))),
    )


def _rows(kind: str, rows: object) -> dict[str, Values]:
    """The objects of a kind, each with as many values as the kind has fields, its name first."""
    width = len(BY_NAME[kind].COLUMNS) if kind in BY_NAME else -1
    found = _map(rows, _each(_frozen))
    for name, values in found.items():
        if len(values) != width or values[0] != name:
            raise ValueError(f"{kind} {name} is not what that kind is")
    return {name: tuple(values) for name, values in found.items()}


def _answer(value: object) -> Rows:
    """The rows of an answer, with values as the driver returns them: arrays are lists."""
    return None if value is None else [tuple(row) for row in _each(_is(list))(value)]


def _frozen(value: object) -> object:
    """A value as catalogs hold it: arrays are tuples."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _address(value: object) -> tuple[Address, Identity]:
    catalog, oid, column, kind, name = _each(_frozen)(value)
    address = _text(catalog), _is(int)(oid), _is(int)(column)
    return address, Identity(_text(kind), Quoted(_text(name)))


def _edge(value: object) -> Edge:
    catalog, oid, column, other, other_oid, other_column, kind = _each(_frozen)(value)
    number = _is(int)
    begin = _text(catalog), number(oid), number(column)
    return (*begin, _text(other), number(other_oid), number(other_column), _text(kind))


def _load(value: object) -> TableLoad:
    table, rows, size, writes = _each(_frozen)(value)
    return TableLoad(
        _text(table),
        None if rows is None else _is(int)(rows),
        _is(int)(size),
        None if writes is None else float(_is(int, float)(writes)),
    )


def _pair(value: object) -> tuple[str, str]:
    name, digest = _each(_text)(value)
    return name, digest


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    return value


def _map(value: object, read: Callable[[object], T]) -> dict[str, T]:
    return {name: read(one) for name, one in _object(value).items()}


def _each(read: Callable[[object], T]) -> Callable[[object], list[T]]:
    def read_all(value: object) -> list[T]:
        if not isinstance(value, list | tuple):
            raise ValueError("it is not a list")
        return [read(one) for one in value]

    return read_all


def _is(*types: type[T]) -> Callable[[object], T]:
    def checked(value: object) -> T:
        if not isinstance(value, types) or isinstance(value, bool):
            raise ValueError(f"{value!r:.40} is not of the kind it should be")
        return value

    return checked


_text = _is(str)
