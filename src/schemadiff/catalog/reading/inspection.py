"""Reads everything in scope of one database in one snapshot: a handful of set-based queries, sent together."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat

import psycopg
from psycopg import Connection, Cursor
from psycopg.rows import TupleRow
from psycopg.types.numeric import Int8

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.fingerprint import Values
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import AROUND_SCHEMAS, BY_NAME, KINDS, ROWS, SATELLITES
from schemadiff.catalog.kinds.database_setting import DatabaseSetting
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.acl import untold_privileges
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.privilege.rows import privileges_of
from schemadiff.catalog.private_schema import DefaultGrantees
from schemadiff.catalog.reading.addresses import Address, Edge
from schemadiff.catalog.reading.unmanaged import UNMANAGED
from schemadiff.catalog.scope import SUPABASE_ROLES, Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.versions import Version, refuse_unsupported
from schemadiff.errors import InspectionError

ATTEMPTS = 12

VANISHED = (
    psycopg.errors.InternalError_,
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedObject,
    psycopg.errors.UndefinedColumn,
)
"""What the server's rendering functions raise for an object that another session drops meanwhile.

They look into the newest catalog, not into the snapshot.
"""

ARRAY_TYPES = frozenset(info.array_oid for info in psycopg.adapters.types if info.array_oid)

SESSION = f"""
SELECT current_setting('server_version_num')::int, quote_ident(coalesce(%(role)s, current_user)),
       {DefaultGrantees.EXPRESSIONS}
"""

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

SETTINGS = """
SELECT pg_catalog.set_config(name, value, true)
FROM (VALUES ('jit', 'off'), ('search_path', ''), ('quote_all_identifiers', 'off'), ('datestyle', 'ISO, YMD'),
             ('intervalstyle', 'postgres'), ('timezone', 'UTC'), ('extra_float_digits', '3'), ('bytea_output', 'hex'),
             ('xmlbinary', 'base64')) AS rendering (name, value)
"""
"""The settings under which the server renders expressions; both sides of a comparison need the same."""

SCHEMAS = """
SELECT n.oid::int8, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner),
       EXISTS (SELECT FROM pg_catalog.pg_depend AS e
               WHERE e.classid = 'pg_catalog.pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
FROM pg_catalog.pg_namespace AS n
"""

EXTENSIONS = """SELECT e.oid::int8, e.extname FROM pg_catalog.pg_extension AS e"""

ROLES = """
SELECT rolname, oid = 10 OR rolname = current_user, oid < 16384 FROM pg_catalog.pg_roles
"""
"""The bootstrap superuser has OID 10."""

RARE = "VALUES " + ", ".join(
    f"('{cls.KIND}', EXISTS ({cls.ROWS.found if cls.ROWS else f'SELECT FROM pg_catalog.{cls.RARE}'}))"
    for cls in KINDS
    if cls.RARE or cls.ROWS
)
"""Which kinds of objects that most databases lack are there."""

EDGES = """
SELECT classid::regclass::text, objid::int8, objsubid, refclassid::regclass::text, refobjid::int8, refobjsubid,
       deptype::text
FROM pg_catalog.pg_depend
WHERE objid >= 16384 AND (refobjid >= 16384 OR refclassid = 'pg_catalog.pg_namespace'::regclass)
  AND NOT (classid = 'pg_catalog.pg_trigger'::regclass AND refclassid = 'pg_catalog.pg_constraint'::regclass
           AND deptype = 'i')
"""
"""Objects below OID 16384 are created by initdb; of them only schema public can be ours.

The triggers that are part of a constraint are those of foreign keys and deferred keys: nothing else needs them.
"""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The scope as parameters of the catalog queries."""

    schemas: list[int]
    system: list[int]
    extensions: list[int]
    roles: list[str]
    connected_roles: list[str]
    fixed_roles: list[str]
    publications: list[str]
    settings: bool
    comments_on_extensions: bool

    def as_parameters(self) -> dict[str, object]:
        return {
            "schemas": [Int8(oid) for oid in self.schemas],
            "foreign": [Int8(oid) for oid in self.system],
            "extensions": [Int8(oid) for oid in self.extensions],
            "roles": self.roles,
            "connected_roles": self.connected_roles,
            "fixed_roles": self.fixed_roles,
            "publications": self.publications,
            "settings": self.settings,
            "comments_on_extensions": self.comments_on_extensions,
        }


def inspect(
    connection: Connection[TupleRow],
    scope: Scope,
    *,
    as_known_to: int | None = None,
    as_role: str | None = None,
    prepared: bool = False,
) -> Catalog:
    """Read the catalog of the database behind `connection`, which must be idle.

    What a server of the version `as_known_to` would have told of the same objects is told where that is older than
    the server's own: what newer versions add by themselves is left out. `as_role` is who scripts are for, if not the
    role that reads. With `prepared`, the session keeps its statements for the next reading.

    One read-only REPEATABLE READ transaction, ended before returning. Raises InspectionError when the server
    refuses a catalog query, UnsupportedServer where nothing is known about its version.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _inspect_once(connection, scope, as_known_to, as_role, prepared)
        except VANISHED as error:
            if attempt == ATTEMPTS:
                raise InspectionError(f"the schema changes while it is read: {error}; try again later") from error
            time.sleep(0.05 * attempt)
        except psycopg.Error as error:
            raise InspectionError(f"cannot read the catalog: {error}; is the role allowed to read it?") from error
    raise AssertionError("the loop returns or raises")


def _inspect_once(
    connection: Connection[TupleRow], scope: Scope, as_known_to: int | None, as_role: str | None, prepared: bool
) -> Catalog:
    with _ended(connection):
        run = partial(connection.execute, prepare=prepared)
        with connection.pipeline():
            run(BEGIN)
            run(SETTINGS)
            trusted = {"trusted": list(SUPABASE_ROLES) if scope.supabase else []}
            start = [run(SESSION, {"role": as_role}), *map(run, (SCHEMAS, EXTENSIONS, ROLES)), run(RARE, trusted)]
        session, schemas, extensions, roles, rare = (cursor.fetchall() for cursor in start)
        (server, user, *grantees), *_ = session
        refuse_unsupported(server, "the server")
        bounds = _bounds(schemas, extensions, roles, scope)
        absent = {name for name, found in rare if not found}
        catalog = _read(connection, run, Version.of(server, as_known_to), Quoted(user), scope, bounds, absent)
        return replace(catalog, default_grantees=DefaultGrantees(*map(tuple, grantees)))


@contextmanager
def _ended(connection: Connection[TupleRow]) -> Iterator[None]:
    """End the transaction that the first of the statements begins; ROLLBACK would end prepared statements, too."""
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("COMMIT")


def _bounds(namespaces: list[TupleRow], installed: list[TupleRow], found: list[TupleRow], scope: Scope) -> _Bounds:
    """What the rows of SCHEMAS, EXTENSIONS and ROLES say about the scope."""
    schemas: list[int] = []
    foreign: list[int] = []
    for oid, name, owner, of_extension in namespaces:
        ours = scope.holds_schema(name) and not of_extension and (name == "public" or scope.holds_role(owner))
        (schemas if ours else foreign).append(oid)
    extensions = [oid for oid, name in installed if scope.holds_extension(name)]
    roles = [name for name, *_ in found if not scope.holds_role(name)]
    connected = [name for name, connects, _ in found if connects or not scope.compares_role(name)]
    fixed = [name for name, _, of_system in found if of_system or name in (*roles, *connected)]
    return _Bounds(
        schemas,
        foreign,
        extensions,
        roles,
        connected,
        fixed,
        list(scope.platform_publications),
        scope.settings,
        comments_on_extensions=not scope.supabase,  # a platform owns the extensions
    )


def _read(
    connection: Connection[TupleRow],
    run: Callable[..., Cursor[TupleRow]],
    version: Version,
    user: Quoted,
    scope: Scope,
    bounds: _Bounds,
    absent: set[str],
) -> Catalog:
    parameters = {**bounds.as_parameters(), "user": user}
    left_out = absent | _left_out(scope)
    asked = [cls for cls in KINDS if not cls.SATELLITE and cls.KIND not in left_out]
    rows: dict[str, dict[str, Values]] = {cls.KIND: {} for cls in KINDS}
    addresses: dict[Address, Identity] = {}
    with connection.pipeline() as pipeline:
        numerous = [(cls, run(cls.query(version), parameters)) for cls in asked if cls.NUMEROUS]
        pipeline.sync()
        others = [(cls, run(cls.query(version), parameters)) for cls in asked if not cls.NUMEROUS]
        satellites = [(cls, run(cls.query(version), parameters)) for cls in SATELLITES if cls.QUERY]
        edges = run(EDGES)
        unknown = run(UNMANAGED, parameters)
        for cls, cursor in numerous:
            _add_objects(cls, cursor, scope, rows, addresses, version)
    for cls, cursor in others:
        _add_objects(cls, cursor, scope, rows, addresses, version)
    for cls, cursor in satellites:
        _add_satellites(cls, cursor, rows, addresses)
    found: list[Edge] = edges.fetchall()
    unmanaged = tuple(f"{kind} {name}" for kind, name in unknown.fetchall() if scope.holds(kind, name))
    return Catalog(version.server, version.known_to, user, scope, rows, addresses, found, unmanaged)


def _left_out(scope: Scope) -> set[str]:
    """Kinds around schemas, and of rows of the platform's tables, that the scope does not ask for."""
    rows = {cls.KIND for cls in ROWS} - set(scope.rows)
    if scope.roles:
        return rows if scope.settings else rows | {DatabaseSetting.KIND}
    return rows | {cls.KIND for cls in AROUND_SCHEMAS}


def _arrays(cursor: Cursor[TupleRow]) -> list[int]:
    """Positions of array columns, which psycopg returns as lists."""
    return [i for i, column in enumerate(cursor.description or ()) if column.type_code in ARRAY_TYPES]


def _expect_columns(cls: type[CatalogObject], cursor: Cursor[TupleRow], standard: tuple[str, ...]) -> None:
    got = tuple(column.name for column in cursor.description or ())
    want = (*standard, *cls.COLUMNS)
    want += ("owner",) if cls.OWNED else ()
    want += ("acl",) if cls.GRANTABLE else ()
    if got != want:
        raise TypeError(f"the query of kind {cls.KIND!r} returns {got}, its fields are {want}")


def _columns(cursor: Cursor[TupleRow], keep: Callable[[str], bool] | None = None) -> list[list[object]]:
    """The result column by column, arrays as tuples; with `keep`, only rows for whose third value it is true."""
    rows = cursor.fetchall()
    if keep is not None:
        rows = [row for row in rows if keep(str(row[2]))]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in cursor.description or ()]
    for i in _arrays(cursor):
        columns[i] = [value if value is None else tuple(value) for value in columns[i]]
    return columns


def _add_objects(
    cls: type[CatalogObject],
    cursor: Cursor[TupleRow],
    scope: Scope,
    rows: dict[str, dict[str, Values]],
    addresses: dict[Address, Identity],
    version: Version,
) -> None:
    """Add the objects of one kind; whole columns at a time, since there may be many thousands."""
    _expect_columns(cls, cursor, ("objid", "objsubid"))
    columns = _columns(cursor, partial(scope.holds, cls.KIND) if scope.patterned else None)
    width = 2 + len(cls.COLUMNS)
    for field, read in cls.READ_BY.items():
        place = 2 + cls.COLUMNS.index(field)
        columns[place] = read(columns[place], version)
    names = [Quoted(str(name)) for name in columns[2]]
    rows[cls.KIND].update(zip(names, zip(*columns[2:width], strict=True), strict=True))
    if not cls.STANDS_FOR:
        places = zip(repeat(cls.CATALOG), columns[0], columns[1])
        addresses.update(zip(places, map(Identity, repeat(cls.KIND), names), strict=True))  # type: ignore[arg-type]
    if cls.OWNED:
        owners = [Owner.values(cls, name, str(role)) for name, role in zip(names, columns[width], strict=True)]
        rows[Owner.KIND].update((str(owner[0]), owner) for owner in owners)
    if cls.GRANTABLE:
        untold = untold_privileges(version)
        granted_as = columns[2 + cls.COLUMNS.index(cls.GRANTED_AS)]
        for name, granted, acl in zip(names, granted_as, columns[width + cls.OWNED], strict=True):
            if acl:
                found = privileges_of(cls, name, str(granted), acl, untold)  # type: ignore[arg-type]
                rows[Privilege.KIND].update((str(values[0]), values) for values in found)


def _add_satellites(
    cls: type[CatalogObject],
    cursor: Cursor[TupleRow],
    rows: dict[str, dict[str, Values]],
    addresses: dict[Address, Identity],
) -> None:
    """Add objects whose rows name what they describe by address: class, OID, column number, then their own values."""
    mine = rows[cls.KIND]
    for classid, objid, objsubid, *values in zip(*_columns(cursor), strict=True):
        target = addresses.get((str(classid), int(str(objid)), int(str(objsubid))))
        if target is not None:
            name = f"{BY_NAME[target.kind].KEYWORD} {target.name}"
            mine[name] = (name, target.kind, target.name, *values)
