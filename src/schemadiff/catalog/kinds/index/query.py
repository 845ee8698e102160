"""How indexes are read: one query for every version.

The server's pg_get_indexdef() looks up each relation, column and operator class by itself, which costs more than all
the rest of the query; so the usual definitions are written here, in its words.
"""

from schemadiff.catalog.kinds.shared.foreign_options import sorted_options
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.versions import HAS_NULLS_NOT_DISTINCT, Version

_OPTIONS = """(SELECT ' WITH (' || string_agg(quote_ident(w.name) || '=' || CASE
                        WHEN quote_ident(w.value) = w.value THEN w.value ELSE quote_literal(w.value) END,
                      ', ' ORDER BY w.place) || ')'
               FROM (SELECT split_part(r.option, '=', 1) AS name,
                            substr(r.option, strpos(r.option, '=') + 1) AS value, r.place
                     FROM unnest(i.reloptions) WITH ORDINALITY AS r (option, place)) AS w)"""

_ORDER = """CASE u.option & 3 WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST' WHEN 3 THEN ' DESC'
                                   ELSE '' END"""

_USUAL = """u.sorting = a.attcollation AND o.opcdefault
                     AND (o.opcintype = a.atttypid
                          OR (a.atttypid = 'pg_catalog.varchar'::regtype AND o.opcintype = 'pg_catalog.text'::regtype
                              OR t.typtype = 'e' AND o.opcintype = 'pg_catalog.anyenum'::regtype
                              OR t.typcategory = 'A' AND o.opcintype = 'pg_catalog.anyarray'::regtype)
                             AND NOT EXISTS (SELECT FROM pg_catalog.pg_opclass AS own
                                             WHERE own.opcmethod = o.opcmethod AND own.opcintype = a.atttypid
                                               AND own.opcdefault))"""
"""Whether the server prints neither collation nor operator class for column `u` of an index on column `a`."""

_NAMES = """ARRAY(SELECT quote_ident(a.attname)
                           FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) WITH ORDINALITY AS u (number, place)
                           LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number
                           ORDER BY u.place)"""
"""The key columns of index `i`, NULL for an expression."""

KEY_COLUMNS = """
    (SELECT string_agg(coalesce(ta.attname, ia.attname), '_' ORDER BY ia.attnum)
     FROM pg_catalog.pg_attribute AS ia
     LEFT JOIN pg_catalog.pg_attribute AS ta ON ta.attrelid = i.indrelid AND ta.attnum = i.indkey[ia.attnum - 1]
     WHERE ia.attrelid = i.indexrelid)
"""
"""The columns of index `i` as Postgres puts them into a name. Source: ChooseIndexName() of Postgres."""


def index_query(version: Version) -> str:
    """The rows of kind index on a server of `version`; since Postgres 15 a unique one may take NULLs for equal."""
    nulls_distinct = "NOT i.indnullsnotdistinct" if version.has(HAS_NULLS_NOT_DISTINCT) else "true"
    return f"""
    WITH wanted AS MATERIALIZED (
      SELECT c.oid, c.relname, c.relkind, c.reloptions, c.reltablespace, c.relam, c.relispartition, i.*,
             quote_ident(n.nspname) AS schema, format('%%I.%%I', tn.nspname, t.relname) AS "table",
             t.relkind AS table_kind, t.relname AS table_name, pg_get_expr(i.indpred, i.indrelid) AS condition
      FROM pg_catalog.pg_index AS i
      JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
      JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
      WHERE n.oid = ANY(%(schemas)s) AND t.relkind IN ('r', 'p', 'm')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k
                        WHERE k.conindid = c.oid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x'))
        AND {of_no_extension("pg_class", "t.oid")}),
    plain AS MATERIALIZED (
      SELECT i.oid, string_agg(quote_ident(a.attname) || {_ORDER}, ', ' ORDER BY u.place) AS columns,
             array_agg(quote_ident(a.attname) ORDER BY u.place) AS names
      FROM wanted AS i
      CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[], i.indoption::int2[])
        WITH ORDINALITY AS u (number, class, sorting, option, place)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number
      JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
      JOIN pg_catalog.pg_opclass AS o ON o.oid = u.class
      WHERE i.indexprs IS NULL AND i.reloptions IS NULL AND i.indnatts = i.indnkeyatts AND {nulls_distinct}
        -- the server breaks long conditions into lines, yet not in what it prints of a whole index
        AND (i.condition IS NULL OR strpos(i.condition, chr(10)) = 0)
      GROUP BY i.oid
      HAVING bool_and({_USUAL})),
    parts AS MATERIALIZED (
      SELECT a.attrelid, count(a.attoptions) AS options,
             array_agg(format('%%s=%%s', a.attnum, a.attstattarget) ORDER BY a.attnum)
               FILTER (WHERE a.attstattarget >= 0) AS statistics
      FROM pg_catalog.pg_attribute AS a
      WHERE a.attstattarget >= 0 OR a.attoptions IS NOT NULL GROUP BY a.attrelid),
    written AS MATERIALIZED (
      SELECT i.*, s.statistics, p.names, quote_ident(am.amname) AS method,
             CASE WHEN p.oid IS NULL OR s.options > 0 THEN pg_get_indexdef(i.oid)
                  ELSE CASE WHEN i.indisunique THEN 'CREATE UNIQUE INDEX ' ELSE 'CREATE INDEX ' END
                       || quote_ident(i.relname) || CASE i.relkind WHEN 'I' THEN ' ON ONLY ' ELSE ' ON ' END
                       || i."table" || ' USING ' || quote_ident(am.amname) || ' (' || p.columns || ')'
                       || coalesce(' WHERE ' || i.condition, '') END AS text
      FROM wanted AS i
      JOIN pg_catalog.pg_am AS am ON am.oid = i.relam
      LEFT JOIN plain AS p ON p.oid = i.oid
      LEFT JOIN parts AS s ON s.attrelid = i.oid)
    SELECT i.oid::int8 AS objid, 0 AS objsubid, i.schema || '.' || quote_ident(i.relname) AS identity,
           CASE WHEN i.reloptions IS NULL THEN i.text ELSE replace(i.text, {_OPTIONS}, '') END AS definition,
           {sorted_options("i.reloptions")} AS options,
           i.indisvalid OR i.relkind = 'I' AS valid, i.indisvalid OR i.relkind <> 'I' AS whole,
           CASE WHEN i.reltablespace <> 0 THEN
             (SELECT quote_ident(s.spcname) FROM pg_catalog.pg_tablespace AS s WHERE s.oid = i.reltablespace) END
             AS tablespace,
           coalesce(i.statistics, '{{}}') AS statistics,
           i.text, quote_ident(i.relname) AS name, i.schema, i."table",
           CASE i.table_kind WHEN 'm' THEN 'materialized view' ELSE 'table' END AS relation_kind,
           i.relkind = 'I' AS partitioned, i.indisunique AS "unique",
           i.method, i.indpred IS NOT NULL AS partial, coalesce(i.names, {_NAMES}) AS columns,
           CASE WHEN i.relispartition THEN (SELECT format('%%I.%%I', pn.nspname, pc.relname)
            FROM pg_catalog.pg_inherits AS h
            JOIN pg_catalog.pg_class AS pc ON pc.oid = h.inhparent
            JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
            WHERE h.inhrelid = i.oid) END AS inherits,
           CASE WHEN i.indisunique OR i.indexprs IS NOT NULL
                THEN ARRAY(SELECT pg_get_indexdef(i.oid, place, false)
                           FROM generate_series(1, i.indnkeyatts::int) AS place) ELSE '{{}}' END AS keys,
           CASE WHEN i.indisunique OR i.indexprs IS NOT NULL THEN i.condition END AS predicate,
           {nulls_distinct} AS nulls_distinct,
           CASE WHEN i.relispartition
                THEN i.relname = i.table_name || '_' || {KEY_COLUMNS} || '_idx' ELSE true END AS usual
    FROM written AS i
    """
