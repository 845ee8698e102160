"""What of schemas a client of the API can name: relations, functions and types, as the catalogs tell them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow, tuple_row

from schemadiff.errors import InspectionError

_TYPES = """
SELECT t.oid::int8, n.nspname, t.typname, t.typtype::text, t.typcategory = 'A' AND t.typelem <> 0, t.typelem::int8,
       t.typbasetype::int8, t.typrelid::int8,
       ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder),
       c.relkind::text
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
"""

_RELATIONS = """
SELECT c.oid::int8, n.nspname, c.relname, c.relkind::text, pg_catalog.pg_relation_is_updatable(c.oid, true)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
ORDER BY c.relname
"""

_COLUMNS = """
SELECT a.attrelid::int8, a.attname, a.atttypid::int8, NOT (a.attnotnull OR t.typnotnull),
       a.attidentity::text, a.attgenerated <> '', a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
       pg_catalog.pg_column_is_updatable(a.attrelid, a.attnum, true)
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attname
"""

_KEYS = """
SELECT k.conrelid::int8, k.conname, f.relname, t.names, r.names,
       EXISTS (SELECT FROM pg_catalog.pg_index AS i
               WHERE i.indrelid = k.conrelid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
                 AND (SELECT array_agg(c ORDER BY c) FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS c)
                   = (SELECT array_agg(c ORDER BY c) FROM unnest(k.conkey) AS c))
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_class AS f ON f.oid = k.confrelid AND f.relnamespace = c.relnamespace
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.number
    ORDER BY u.place)) AS t (names)
CROSS JOIN LATERAL (SELECT ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.number
    ORDER BY u.place)) AS r (names)
WHERE k.contype = 'f' AND k.conparentid = 0 AND n.nspname = ANY(%s)
ORDER BY k.conname
"""
"""Foreign keys within a schema; whether one points at a single row is told by a unique index over its columns."""

_FUNCTIONS = """
SELECT n.nspname, p.proname, coalesce(p.proallargtypes, p.proargtypes::oid[])::int8[],
       coalesce(p.proargmodes::text[], ARRAY[]::text[]), coalesce(p.proargnames, ARRAY[]::text[]), p.pronargdefaults,
       p.prorettype::int8, p.proretset
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = ANY(%s) AND p.prokind = 'f'
  AND p.prorettype <> ALL (ARRAY['pg_catalog.trigger', 'pg_catalog.event_trigger']::pg_catalog.regtype[])
ORDER BY p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
"""

_INSERTS, _UPDATES = 8, 4
"""How pg_relation_is_updatable() tells INSERT and UPDATE."""


@dataclass(frozen=True, slots=True)
class PgType:
    """A type by its number; `element` of an array, `base` of a domain, `relation` of a row type."""

    schema: str
    name: str
    type: str
    is_array: bool
    element: int
    base: int
    relation: int
    labels: tuple[str, ...]
    relation_kind: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation, or an attribute of a type."""

    name: str
    type: int
    nullable: bool
    identity: str
    generated: bool
    default: bool
    updatable: bool


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key to a table of the same schema."""

    name: str
    table: str
    columns: tuple[str, ...]
    referenced: tuple[str, ...]
    one_to_one: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, a view, or the attributes of a composite type (kind c)."""

    number: int
    schema: str
    name: str
    kind: str
    columns: tuple[Column, ...]
    keys: tuple[ForeignKey, ...]
    inserts: bool
    updates: bool


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a function that goes in or comes out."""

    name: str
    type: int
    mode: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function that can be called through the API."""

    schema: str
    name: str
    arguments: tuple[Argument, ...]
    returns: int
    returns_set: bool


@dataclass(frozen=True, slots=True)
class Described:
    """Schemas as clients see them."""

    schemas: tuple[str, ...]
    types: Mapping[int, PgType]
    relations: tuple[Relation, ...]
    functions: tuple[Function, ...]

    def relation(self, number: int) -> Relation | None:
        """The relation of a row type."""
        return next((one for one in self.relations if one.number == number), None)


def describe(connection: psycopg.Connection[TupleRow], schemas: Iterable[str]) -> Described:
    """The schemas (unquoted) of a database, of which only catalogs are read. Errors: InspectionError."""
    names = sorted(set(schemas))
    try:
        with connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute("SELECT pg_catalog.set_config('search_path', '', false)")
            types = {row[0]: _type(row) for row in cursor.execute(_TYPES)}
            columns: dict[int, list[Column]] = defaultdict(list)
            for relation, *row in cursor.execute(_COLUMNS, [names]):
                columns[relation].append(Column(*row))
            keys: dict[int, list[ForeignKey]] = defaultdict(list)
            for relation, name, table, own, referenced, single in cursor.execute(_KEYS, [names]):
                keys[relation].append(ForeignKey(name, table, tuple(own), tuple(referenced), single))
            relations = tuple(
                _relation(row, tuple(columns[row[0]]), tuple(keys[row[0]]))
                for row in cursor.execute(_RELATIONS, [names])
            )
            functions = tuple(_function(row) for row in cursor.execute(_FUNCTIONS, [names]))
    except psycopg.Error as error:
        raise InspectionError(f"cannot read the catalog: {error}; is the role allowed to read it?") from error
    return Described(tuple(names), types, relations, functions)


def _type(row: TupleRow) -> PgType:
    _, schema, name, type, is_array, element, base, relation, labels, relation_kind = row
    return PgType(schema, name, type, is_array, element, base, relation, tuple(labels), relation_kind)


def _relation(row: TupleRow, columns: tuple[Column, ...], keys: tuple[ForeignKey, ...]) -> Relation:
    number, schema, name, kind, bits = row
    return Relation(number, schema, name, kind, columns, keys, bool(bits & _INSERTS), bool(bits & _UPDATES))


def _function(row: TupleRow) -> Function:
    schema, name, types, modes, names, defaults, returns, returns_set = row
    modes = modes or ["i"] * len(types)
    inputs = sum(mode in "ibv" for mode in modes)
    found, place = [], 0
    for number, (type, mode) in enumerate(zip(types, modes, strict=True)):
        place += mode in "ibv"
        named = names[number] if number < len(names) else ""
        found.append(Argument(named, type, mode, mode in "ibv" and place > inputs - defaults))
    return Function(schema, name, tuple(found), returns, returns_set)
