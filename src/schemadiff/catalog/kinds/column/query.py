"""How columns are read: one query for tables and foreign tables of every version."""

from schemadiff.catalog.kinds.column.identity import drawn_from, feeding
from schemadiff.catalog.kinds.column.not_null import not_null_query
from schemadiff.catalog.kinds.shared.foreign_options import query_of, sorted_options
from schemadiff.catalog.kinds.shared.relation import relations
from schemadiff.catalog.versions import HAS_UNLOGGED_SEQUENCES, SHARES_IDENTITY, Version


def column_query(version: Version) -> str:
    """The rows of kind column on a server of `version`, with the sequences that feed them.

    What is said of tables and sequences is worked out once for each of them and not for each column.
    """
    constraint, local, own, joined = not_null_query(version)
    return f"""
    WITH {relations("'r', 'p', 'f'")},
    feeding AS MATERIALIZED ({feeding(version)}),
    drawn_from AS MATERIALIZED ({drawn_from(version)})
    SELECT c.oid::int8 AS objid, a.attnum::int4 AS objsubid, c.name || '.' || quote_ident(a.attname) AS identity,
           format_type(a.atttypid, a.atttypmod) AS type,
           CASE WHEN a.attcollation <> t.typcollation
                THEN (SELECT format('%%I.%%I', cn.nspname, co.collname) FROM pg_catalog.pg_collation AS co
                      JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
                      WHERE co.oid = a.attcollation) END AS collation,
           nullif(a.attgenerated::text, '') AS generated,
           CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS expression,
           a.attnotnull AS not_null, {constraint} AS not_null_constraint,
           {_identity_kind(version)} AS identity_kind,
           CASE WHEN a.attidentity <> '' AND NOT c.relispartition THEN own.sequence END AS identity_options,
           a.attstorage::text AS storage, a.attcompression::text AS compression,
           coalesce(a.attstattarget, -1)::int4 AS statistics,
           {sorted_options("a.attoptions")} AS options,
           {query_of("a.attfdwoptions")} AS foreign_options,
           quote_ident(a.attname) AS name, c.name AS "table",
           CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END AS relation_kind,
           a.attnum::int4 AS position, a.attislocal AS local, c.relispartition AS in_partition,
           CASE WHEN a.attinhcount > 0 THEN
             (SELECT format('%%I.%%I.%%I', pn.nspname, pc.relname, a.attname)
              FROM pg_catalog.pg_inherits AS h
              JOIN pg_catalog.pg_class AS pc ON pc.oid = h.inhparent
              JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
              JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = pc.oid AND pa.attname = a.attname
              WHERE h.inhrelid = c.oid ORDER BY h.inhseqno LIMIT 1) END AS inherits,
           t.typstorage::text AS default_storage, {local} AS not_null_local,
           {own} AS not_null_own, false AS not_null_aside,
           c.relhassubclass AS has_children, a.attinhcount > 1 AS of_several_parents,
           c.relkind = 'p' AND {version.tells(SHARES_IDENTITY)} AS shares_identity,
           c.relkind = 'p' AND EXISTS (SELECT FROM pg_catalog.pg_depend AS pk
                                       WHERE pk.classid = 'pg_catalog.pg_class'::regclass AND pk.objid = c.oid
                                         AND pk.objsubid = a.attnum AND pk.refclassid = pk.classid
                                         AND pk.refobjid = c.oid AND pk.refobjsubid = 0 AND pk.deptype = 'i')
             AS in_partition_key,
           CASE WHEN a.atthasdef AND a.attgenerated = '' THEN coalesce(own.sequence, used.sequence) END AS serial,
           {_table_persistence(version)} AS table_persistence,
           CASE WHEN coalesce(e.typtype, t.typtype) IN ('e', 'c', 'r', 'm')
                THEN CASE WHEN e.oid IS NULL THEN 'text' ELSE 'text[]' END END AS text_form,
           coalesce(e.typtype, t.typtype) = 'e' AS of_labels,
           CASE WHEN t.typtype = 'c' THEN 'row'
                WHEN (e.typtype <> 'b' OR t.typbasetype <> 0)
                 AND EXISTS (SELECT FROM pg_catalog.pg_type AS i
                             LEFT JOIN pg_catalog.pg_type AS j ON j.oid IN (i.typelem, i.typbasetype)
                             WHERE i.oid IN (t.typelem, t.typbasetype) AND 'c' IN (i.typtype, j.typtype))
                THEN 'inside' END AS holds_rows,
           CASE WHEN c.reloftype <> 0 THEN
             (SELECT format('%%I.%%I', yn.nspname, y.typname) FROM pg_catalog.pg_type AS y
              JOIN pg_catalog.pg_namespace AS yn ON yn.oid = y.typnamespace
              WHERE y.oid = c.reloftype) END AS of_type,
           {version.known_to} AS server_version, NULL::text AS "using",
           coalesce(a.attacl, '{{}}')::text[] AS acl
    FROM relation AS c
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN feeding AS own
      ON own.relation = a.attrelid AND own.number = a.attnum
     AND own.type = CASE WHEN a.attidentity = '' THEN 'a' ELSE 'i' END
    LEFT JOIN drawn_from AS used ON used.default_value = d.oid
    {joined}
    WHERE a.attnum > 0 AND NOT a.attisdropped
    """


def _table_persistence(version: Version) -> str:
    """What the sequences of a table follow; nothing before servers knew unlogged ones."""
    return "c.relpersistence::text" if version.tells(HAS_UNLOGGED_SEQUENCES) else "'p'"


def _identity_kind(version: Version) -> str:
    """ALWAYS or BY DEFAULT; where partitions do not share the identity, theirs is not told."""
    kind = "nullif(a.attidentity::text, '')"
    told = version.tells(SHARES_IDENTITY) or not version.has(SHARES_IDENTITY)
    return kind if told else f"CASE WHEN NOT c.relispartition THEN {kind} END"
