"""How constraints of tables are read: one query for every version.

The server's pg_get_constraintdef() looks up each relation, column and index by itself, which costs more than all
the rest of the query; so the usual definitions are written here, in its words.
"""

from schemadiff.catalog.kinds.constraint.rows import rows_query
from schemadiff.catalog.kinds.index.query import KEY_COLUMNS
from schemadiff.catalog.kinds.shared.foreign_options import sorted_options
from schemadiff.catalog.kinds.shared.relation import relations
from schemadiff.catalog.versions import (
    HAS_NOT_ENFORCED,
    HAS_NULLS_NOT_DISTINCT,
    HAS_PERIODS,
    HAS_SET_NULL_COLUMNS,
    Version,
)

_NAMES = """ARRAY(SELECT (SELECT quote_ident(a.attname) FROM pg_catalog.pg_attribute AS a
                             WHERE a.attrelid = {1} AND a.attnum = u.number)
                      FROM unnest({0}) AS u (number) WHERE u.number <> 0)"""
_RARE = """regexp_replace(pg_get_constraintdef(k.oid),
                        '( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT ENFORCED)?( NOT VALID)?$', '')"""


def _action(column: str) -> str:
    return (
        f"CASE {column} WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' "
        f"WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' WHEN 'a' THEN 'NO ACTION' END"
    )


def _definition(version: Version) -> str:
    """What pg_get_constraintdef() prints for constraint `k`, less what can be altered."""
    plain_key = "i.indnatts = i.indnkeyatts"
    plain_key += " AND NOT i.indnullsnotdistinct" if version.has(HAS_NULLS_NOT_DISTINCT) else ""
    plain_foreign_key = "k.confmatchtype IN ('s', 'f')"
    plain_foreign_key += " AND k.confdelsetcols IS NULL" if version.has(HAS_SET_NULL_COLUMNS) else ""
    timeless = " AND NOT k.conperiod" if version.has(HAS_PERIODS) else ""
    return f"""CASE
               WHEN k.contype = 'c' THEN
                 'CHECK (' || k.condition || ')' || CASE WHEN k.connoinherit THEN ' NO INHERIT' ELSE '' END
               WHEN k.contype IN ('p', 'u') AND {plain_key}{timeless} THEN
                 CASE k.contype WHEN 'p' THEN 'PRIMARY KEY (' ELSE 'UNIQUE (' END
                 || array_to_string(k.columns, ', ') || ')'
               WHEN k.contype = 'f' AND {plain_foreign_key}{timeless} THEN
                 'FOREIGN KEY (' || array_to_string(k.columns, ', ') || ') REFERENCES ' || k.target
                 || '(' || array_to_string(k.target_columns, ', ') || ')'
                 || CASE k.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END
                 || coalesce(' ON UPDATE ' || nullif({_action("k.confupdtype")}, 'NO ACTION'), '')
                 || coalesce(' ON DELETE ' || nullif(k.on_delete, 'NO ACTION'), '')
               ELSE {_RARE} END"""


def constraint_query(version: Version) -> str:
    """The rows of kind table constraint on a server of `version`."""
    enforced = "k.conenforced" if version.has(HAS_NOT_ENFORCED) else "true"
    names = _NAMES.format("k.confdelsetcols", "k.conrelid")
    set_columns = names if version.has(HAS_SET_NULL_COLUMNS) else "'{}'::text[]"
    nulls_distinct = "i.indnullsnotdistinct IS NOT TRUE" if version.has(HAS_NULLS_NOT_DISTINCT) else "true"
    return f"""
    WITH {relations("'r', 'p', 'f'")},
    written AS MATERIALIZED (
      SELECT k.*, c.relname, c.relkind, c.relispartition, c.name AS relation,
             {_NAMES.format("k.conkey", "k.conrelid")} AS columns,
             CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS condition,
             CASE k.contype WHEN 'f' THEN {_action("k.confdeltype")} END AS on_delete,
             CASE k.contype WHEN 'f' THEN {_NAMES.format("k.confkey", "k.confrelid")} END AS target_columns,
             CASE k.contype WHEN 'f' THEN
               (SELECT format('%%I.%%I', rn.nspname, r.relname) FROM pg_catalog.pg_class AS r
                JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace WHERE r.oid = k.confrelid) END AS target
      FROM relation AS c
      JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid
      WHERE k.contype IN ('p', 'u', 'c', 'f', 'x')
        -- a foreign key to a partitioned table has a row on its own table for each partition
        AND (k.conparentid = 0 OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS whole
                                              WHERE whole.oid = k.conparentid AND whole.conrelid = k.conrelid)))
    SELECT k.oid::int8 AS objid, 0 AS objsubid, quote_ident(k.conname) || ' ON ' || k.relation AS identity,
           {_definition(version)} AS definition,
           {enforced} AS enforced,
           CASE WHEN k.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED'
                WHEN k.condeferrable THEN 'DEFERRABLE' ELSE 'NOT DEFERRABLE' END AS deferrable,
           k.convalidated OR NOT {enforced} AS validated,
           {sorted_options("ic.reloptions")} AS options,
           CASE WHEN ic.reltablespace <> 0 THEN
             (SELECT quote_ident(s.spcname) FROM pg_catalog.pg_tablespace AS s WHERE s.oid = ic.reltablespace) END
             AS tablespace,
           CASE WHEN ic.oid IS NOT NULL THEN
             (SELECT ds.description FROM pg_catalog.pg_description AS ds
              WHERE ds.classoid = 'pg_catalog.pg_class'::regclass AND ds.objoid = ic.oid AND ds.objsubid = 0) END
             AS index_comment,
           ic.oid IS NULL OR k.relkind <> 'p' OR i.indisvalid AS whole,
           quote_ident(k.conname) AS name, k.relation AS "table",
           CASE k.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END AS relation_kind,
           k.relkind = 'p' AS partitioned, {version.known_to} AS server_version,
           k.contype::text AS type,
           k.contype IN ('p', 'u') AND row_number() OVER (
             PARTITION BY k.conrelid, k.conkey, k.contype IN ('p', 'u')
             ORDER BY k.conparentid = 0, k.contype, k.conname) > 1 AS repeats,
           k.conislocal AS local, k.relispartition AS in_partition,
           {rows_query(version)},
           CASE WHEN ic.relispartition THEN
             k.conname = k.relname || CASE WHEN k.contype = 'p' THEN '_pkey' ELSE '_' || {KEY_COLUMNS}
                                             || CASE k.contype WHEN 'u' THEN '_key' ELSE '_excl' END END
             ELSE true END AS usual,
           CASE WHEN k.conparentid <> 0 THEN
             (SELECT format('%%I ON %%I.%%I', pk.conname, pn.nspname, pc.relname)
              FROM pg_catalog.pg_constraint AS pk
              JOIN pg_catalog.pg_class AS pc ON pc.oid = pk.conrelid
              JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
              WHERE pk.oid = k.conparentid)
           WHEN k.coninhcount > 0 THEN
             (SELECT format('%%I ON %%I.%%I', pk.conname, pn.nspname, pc.relname)
              FROM pg_catalog.pg_inherits AS h
              JOIN pg_catalog.pg_class AS pc ON pc.oid = h.inhparent
              JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
              JOIN pg_catalog.pg_constraint AS pk ON pk.conrelid = pc.oid AND pk.conname = k.conname
               AND pk.contype = k.contype AND NOT pk.connoinherit
              WHERE h.inhrelid = k.conrelid ORDER BY h.inhseqno LIMIT 1) END AS inherits,
           k.on_delete, {set_columns} AS delete_set_columns, {nulls_distinct} AS nulls_distinct
    FROM written AS k
    LEFT JOIN pg_catalog.pg_class AS ic ON ic.oid = k.conindid AND k.contype IN ('p', 'u', 'x')
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = k.conindid
    LEFT JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid
    """
