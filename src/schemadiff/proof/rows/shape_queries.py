"""The shape of tables read from a database."""

from collections import defaultdict
from collections.abc import Iterable

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.proof.rows.shape import ColumnShape, Condition, Connection, ForeignKey, Shape, TableShape, Type

_LINKS = """
    SELECT conrelid::int8, confrelid::int8 FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conrelid <> confrelid
    UNION SELECT inhparent::int8, inhrelid::int8 FROM pg_catalog.pg_inherits
"""

_TABLES = """
    SELECT c.oid::int8, format('%%I.%%I', n.nspname, c.relname), c.relkind = 'p',
           ARRAY(SELECT inhparent::int8 FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid ORDER BY inhseqno),
           c.relpersistence <> 't' AND c.relkind IN ('r', 'p'),
           coalesce((SELECT i.indkey::int2[]::int8[] FROM pg_catalog.pg_index AS i
                     WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                       AND 0 <> ALL (i.indkey::int2[]) AND i.indnatts = i.indnkeyatts
                       AND (i.indisprimary OR NOT EXISTS (
                           SELECT FROM pg_catalog.pg_attribute AS a
                           WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[]) AND NOT a.attnotnull))
                     ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1), '{}'),
           CASE WHEN c.relispartition THEN pg_catalog.pg_get_partition_constraintdef(c.oid) END
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = ANY(%s) AND c.relkind IN ('r', 'p')
    ORDER BY 2
"""

_COLUMNS = """
    SELECT a.attrelid::int8, a.attnum, quote_ident(a.attname), a.atttypid::int8, format_type(a.atttypid, a.atttypmod),
           a.atttypmod >= 0, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '', a.attgenerated <> ''
    FROM pg_catalog.pg_attribute AS a
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''
    WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY 1, 2
"""

_CONSTRAINTS = """
    SELECT contype::text, conrelid::int8, conname, quote_ident(conname), conkey::int8[], confrelid::int8,
           confkey::int8[],
           ARRAY(SELECT format('OPERATOR(%%I.%%s)', n.nspname, o.oprname)
                 FROM unnest(conpfeqop) WITH ORDINALITY AS e (operator, place)
                 JOIN pg_catalog.pg_operator AS o ON o.oid = e.operator
                 JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace ORDER BY place),
           confmatchtype = 'f', pg_get_expr(conbin, conrelid),
           coalesce((to_jsonb(c) ->> 'conperiod')::boolean, false)
    FROM pg_catalog.pg_constraint AS c
    WHERE conrelid = ANY(%s) AND contype IN ('c', 'f')
      -- a key that leads to a partitioned table has a copy for each partition, which alone need not hold
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS whole
                      WHERE whole.oid = c.conparentid AND whole.conrelid = c.conrelid)
    ORDER BY conrelid, conname
"""

_TYPES = """
    WITH RECURSIVE needed (oid) AS (
        SELECT unnest(%s::int8[]::oid[])
        UNION
        SELECT other.oid FROM needed AS n JOIN pg_catalog.pg_type AS t ON t.oid = n.oid
        LEFT JOIN pg_catalog.pg_range AS r ON t.oid IN (r.rngtypid, r.rngmultitypid)
        CROSS JOIN LATERAL (
            SELECT unnest(ARRAY[t.typelem, t.typbasetype, r.rngsubtype, r.rngtypid])
            UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0 AND NOT a.attisdropped
        ) AS other (oid)
        WHERE other.oid <> 0
    )
    SELECT t.oid::int8, format_type(t.oid, NULL), t.typname, t.typnamespace = 'pg_catalog'::regnamespace,
           t.typtype::text, CASE WHEN t.typcategory = 'A' THEN t.typelem::int8 ELSE 0 END, t.typbasetype::int8,
           CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
           coalesce(CASE WHEN t.typtype = 'm' THEN r.rngtypid ELSE r.rngsubtype END, 0)::int8,
           ARRAY(SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
           (SELECT coalesce(json_agg(json_build_array(a.atttypid::int8, format_type(a.atttypid, a.atttypmod))
                                     ORDER BY a.attnum), '[]')
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0 AND NOT a.attisdropped),
           ARRAY(SELECT pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint
                 WHERE contypid = t.oid AND contype = 'c' ORDER BY conname)
    FROM needed AS n JOIN pg_catalog.pg_type AS t ON t.oid = n.oid
    LEFT JOIN pg_catalog.pg_range AS r ON t.oid IN (r.rngtypid, r.rngmultitypid)
"""


def read_shape(connection: Connection, names: Iterable[str] | None) -> Shape:
    """The tables called `names` (None: all but the system's), and all that they refer to or that hold their rows."""
    wanted = list(names) if names is not None else None
    chosen = connection.execute(
        "SELECT c.oid::int8 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'"
        " AND (%s::text[] IS NULL OR format('%%I.%%I', n.nspname, c.relname) = ANY(%s))",
        [wanted, wanted],
    )
    reached = _reached({oid for (oid,) in chosen}, connection)
    tables = _tables(connection, reached)
    _add_conditions(connection, tables)
    return Shape(tables, _types(connection, {c.type for table in tables.values() for c in table.columns.values()}))


def _reached(found: set[int], connection: Connection) -> list[int]:
    links: dict[int, set[int]] = defaultdict(set)
    for source, target in connection.execute(_LINKS.encode()):
        links[source].add(target)
    waiting = list(found)
    while waiting:
        for target in links[waiting.pop()] - found:
            found.add(target)
            waiting.append(target)
    return sorted(found)


def _tables(connection: Connection, oids: list[int]) -> dict[int, TableShape]:
    tables: dict[int, TableShape] = {}
    bounds: dict[int, str] = {}
    for oid, name, partitioned, parents, writable, key, bound in connection.execute(_TABLES, [oids]):
        tables[oid] = TableShape(oid, Quoted(name), partitioned, tuple(parents), writable, tuple(key))
        if bound is not None:
            bounds[oid] = bound
    for oid, *values in connection.execute(_COLUMNS, [oids]):
        if oid in tables:
            column = ColumnShape(*values)  # selected in the order of its fields
            tables[oid].columns[column.number] = column
    for oid, bound in bounds.items():
        # no catalog lists the columns of a bound; one too many only means that more values are tried
        within = tuple(number for number, column in tables[oid].columns.items() if column.name in bound)
        tables[oid].conditions.append(Condition(None, Sql(bound), within))
    return tables


def _add_conditions(connection: Connection, tables: dict[int, TableShape]) -> None:
    rows = connection.execute(_CONSTRAINTS, [list(tables)])
    for kind, oid, name, quoted, columns, parent, parent_columns, operators, full, expression, temporal in rows:
        table = tables[oid]
        if kind == "c":
            table.conditions.append(Condition(name, Sql(expression), tuple(columns or ())))
        elif parent in tables:
            table.references.append(
                ForeignKey(
                    name=quoted,
                    table=oid,
                    columns=tuple(columns),
                    parent=parent,
                    parent_columns=tuple(parent_columns),
                    operators=tuple(operators),
                    full=full,
                    temporal=temporal,
                )
            )


def _types(connection: Connection, oids: set[int]) -> dict[int, Type]:
    types = {}
    for row in connection.execute(_TYPES, [sorted(oids)]):
        oid, name, plain, built_in, kind, element, base, base_name, subtype, labels, attributes, conditions = row
        types[oid] = Type(
            oid=oid,
            name=Quoted(name),
            plain_name=plain,
            built_in=built_in,
            kind=kind,
            element=element,
            base=base,
            base_name=Sql(base_name or name),
            subtype=subtype,
            labels=tuple(labels),
            attributes=tuple((attribute, Sql(written)) for attribute, written in attributes),
            conditions=tuple(conditions),
        )
    return types


def count_rows(connection: Connection, shape: Shape) -> dict[int, int]:
    """How many rows each table holds itself."""
    tables = shape.holders()
    if not tables:
        return {}
    counts = ", ".join(f"(SELECT count(*) FROM {table.source})" for table in tables)
    row = connection.execute(f"SELECT ARRAY[{counts}]".encode()).fetchone()
    return {table.oid: number for table, number in zip(tables, row[0] if row else (), strict=True)}
