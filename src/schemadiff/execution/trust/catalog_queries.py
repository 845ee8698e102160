"""What live's catalog says about the parts of a query: by name first, then by OID, without a look at any row.

Stored expressions are read as the server's own node trees, which name what they call by OID.
"""

RELATIONS = """
WITH RECURSIVE found (oid) AS (
    SELECT c.oid
      FROM unnest(%s::text[], %s::text[]) AS given (schema, name)
      JOIN pg_catalog.pg_namespace AS n ON n.nspname = given.schema
      JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = given.name
     UNION
    SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i JOIN found ON found.oid = i.inhparent
)
SELECT c.oid::int8, c.relkind::text, c.oid < 16384, pg_catalog.format('%%I.%%I', n.nspname, c.relname),
       c.relowner::int8
  FROM found
  JOIN pg_catalog.pg_class AS c ON c.oid = found.oid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
"""
"""With children and partitions."""

OF_RELATIONS = """
SELECT 'type', a.atttypid::text
  FROM pg_catalog.pg_attribute AS a
 WHERE a.attrelid = ANY (%(relations)s) AND a.attnum > 0 AND NOT a.attisdropped
   AND (%(whole_rows)s OR a.attname = ANY (%(columns)s))
UNION
SELECT 'type', c.reltype::text
  FROM pg_catalog.pg_class AS c WHERE c.oid = ANY (%(relations)s) AND c.reltype <> 0 AND %(whole_rows)s
UNION
SELECT 'tree', x.tree
  FROM pg_catalog.pg_index AS i, LATERAL (VALUES (i.indexprs::text), (i.indpred::text)) AS x (tree)
 WHERE i.indrelid = ANY (%(relations)s) AND x.tree IS NOT NULL
UNION
SELECT 'tree', d.adbin::text
  FROM pg_catalog.pg_attrdef AS d
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
 WHERE d.adrelid = ANY (%(relations)s) AND a.attgenerated = 'v'
UNION
SELECT 'tree', p.partexprs::text
  FROM pg_catalog.pg_partitioned_table AS p
 WHERE p.partrelid = ANY (%(relations)s) AND p.partexprs IS NOT NULL
UNION
SELECT 'tree', s.stxexprs::text
  FROM pg_catalog.pg_statistic_ext AS s
 WHERE s.stxrelid = ANY (%(relations)s) AND s.stxexprs IS NOT NULL
"""
"""Planning a query computes what is constant in any of these, on behalf of whoever asks.

Checks are left out, which it looks at for constraint_exclusion alone.
"""

NAMED = """
SELECT 'function', p.oid::text
  FROM unnest(%(function_schemas)s::text[], %(function_names)s::text[]) AS given (schema, name)
  JOIN pg_catalog.pg_namespace AS n ON n.nspname = given.schema
  JOIN pg_catalog.pg_proc AS p ON p.pronamespace = n.oid AND p.proname = given.name
UNION
SELECT 'operator', o.oid::text
  FROM unnest(%(operator_schemas)s::text[], %(operator_names)s::text[]) AS given (schema, name)
  JOIN pg_catalog.pg_namespace AS n ON n.nspname = given.schema
  JOIN pg_catalog.pg_operator AS o ON o.oprnamespace = n.oid AND o.oprname = given.name
UNION
SELECT 'type', t.oid::text
  FROM unnest(%(type_schemas)s::text[], %(type_names)s::text[]) AS given (schema, name)
  JOIN pg_catalog.pg_namespace AS n ON n.nspname = given.schema
  JOIN pg_catalog.pg_type AS t ON t.typnamespace = n.oid AND t.typname = given.name
"""
"""Every overload: which of them the server chooses does not matter then."""

OF_OPERATORS = """
SELECT 'function', o.oprcode::oid::text FROM pg_catalog.pg_operator AS o
 WHERE o.oid = ANY (%s) AND (o.oid >= 16384 OR o.oprcode::oid >= 16384)
"""

OF_TYPES = """
WITH given AS (SELECT t.* FROM pg_catalog.pg_type AS t WHERE t.oid = ANY (%(types)s) AND t.oid >= 16384)
SELECT 'type', other::text
  FROM given AS t, LATERAL (VALUES (t.typbasetype), (t.typelem)) AS of (other) WHERE other <> 0
UNION
SELECT 'type', a.atttypid::text
  FROM given AS t JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.typrelid
 WHERE a.attnum > 0 AND NOT a.attisdropped
UNION
SELECT 'type', r.rngsubtype::text
  FROM given AS t JOIN pg_catalog.pg_range AS r ON t.oid IN (r.rngtypid, r.rngmultitypid)
UNION
SELECT 'function', f::oid::text
  FROM given AS t JOIN pg_catalog.pg_range AS r ON t.oid IN (r.rngtypid, r.rngmultitypid),
       LATERAL (VALUES (r.rngcanonical), (r.rngsubdiff)) AS of (f)
 WHERE f::oid <> 0
UNION
SELECT 'tree', c.conbin::text
  FROM given AS t JOIN pg_catalog.pg_constraint AS c ON c.contypid = t.oid WHERE c.conbin IS NOT NULL
UNION
SELECT 'function', c.castfunc::text
  FROM given AS t JOIN pg_catalog.pg_cast AS c ON t.oid IN (c.castsource, c.casttarget) WHERE c.castfunc <> 0
UNION
SELECT 'function', f::oid::text
  FROM given AS t, LATERAL (VALUES (t.typinput), (t.typoutput)) AS of (f) WHERE t.typtype = 'b' AND t.typelem = 0
UNION
SELECT 'function', p.amproc::oid::text
  FROM given AS t
  JOIN pg_catalog.pg_opclass AS c ON c.opcintype = t.oid
  JOIN pg_catalog.pg_amproc AS p ON p.amprocfamily = c.opcfamily
UNION
SELECT 'operator', p.amopopr::text
  FROM given AS t
  JOIN pg_catalog.pg_opclass AS c ON c.opcintype = t.oid
  JOIN pg_catalog.pg_amop AS p ON p.amopfamily = c.opcfamily
"""
"""What reading, casting, comparing or writing values of these types can call; Postgres' own call nothing else."""

FUNCTIONS = """
SELECT pg_catalog.format('%%s of role %%I', p.oid::regprocedure, o.rolname),
       p.oid < 16384 AND n.nspname = 'pg_catalog', p.proname, p.provolatile::text, p.prokind::text, l.lanname,
       p.prosrc, p.proowner = me.oid OR (me.rolsuper AND o.rolsuper), o.rolsuper, e.extname
  FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
  JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
  JOIN pg_catalog.pg_roles AS me ON me.rolname = session_user
  LEFT JOIN pg_catalog.pg_depend AS d
    ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  LEFT JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
 WHERE p.oid = ANY (%s)
 ORDER BY p.proname, p.oid
"""

TYPES_OF_FUNCTIONS = """
SELECT 'type', t::text
  FROM pg_catalog.pg_proc AS p, LATERAL unnest(p.prorettype || coalesce(p.proallargtypes, p.proargtypes::oid[])) AS t
 WHERE p.oid = ANY (%s) AND p.oid >= 16384
"""

OWNER = """
SELECT pg_catalog.quote_ident(o.rolname)
  FROM pg_catalog.pg_roles AS o, pg_catalog.pg_roles AS me
 WHERE o.oid = %s AND me.rolname = session_user AND o.oid <> me.oid
   AND (me.rolsuper OR pg_catalog.pg_has_role(me.oid, o.oid, %s))
"""
"""The role that owns a table, where we are another one that can become it."""
