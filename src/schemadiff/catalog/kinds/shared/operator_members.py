"""The operators and functions of operator classes and families."""

from schemadiff.catalog.sql import Sql


def members_query(of: str, oid: str) -> Sql:
    """A query for the members that pg_depend ties to row `oid` of catalog `of`: one row with two arrays.

    `clauses` are as ALTER OPERATOR FAMILY ADD and CREATE OPERATOR CLASS take them, `slots` the same as
    ALTER OPERATOR FAMILY DROP does. Both always name the two operand types.
    """
    tied = f"d.refclassid = 'pg_catalog.{of}'::regclass AND d.refobjid = {oid}"
    return Sql(f"""
            SELECT coalesce(array_agg(format('%%s %%s %%s', m.part, m.number, m.rest)
                                      ORDER BY m.part DESC, m.number, m.types), '{{}}') AS clauses,
                   coalesce(array_agg(format('%%s %%s (%%s)', m.part, m.number, m.types)
                                      ORDER BY m.part DESC, m.number, m.types), '{{}}') AS slots
            FROM (SELECT 'OPERATOR' AS part, o.amopstrategy AS number,
                         format('%%I.%%s (%%s)', pn.nspname, op.oprname, t.types)
                         || coalesce((SELECT format(' FOR ORDER BY %%I.%%I', fn.nspname, f.opfname)
                                      FROM pg_catalog.pg_opfamily AS f
                                      JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.opfnamespace
                                      WHERE f.oid = o.amopsortfamily), '') AS rest, t.types
                  FROM pg_catalog.pg_depend AS d
                  JOIN pg_catalog.pg_amop AS o ON o.oid = d.objid
                  JOIN pg_catalog.pg_operator AS op ON op.oid = o.amopopr
                  JOIN pg_catalog.pg_namespace AS pn ON pn.oid = op.oprnamespace
                  CROSS JOIN LATERAL (SELECT concat_ws(', ', format_type(o.amoplefttype, NULL),
                                                       format_type(o.amoprighttype, NULL)) AS types) AS t
                  WHERE d.classid = 'pg_catalog.pg_amop'::regclass AND {tied}
                  UNION ALL
                  SELECT 'FUNCTION', a.amprocnum,
                         format('(%%s) %%s', t.types, a.amproc::oid::regprocedure), t.types
                  FROM pg_catalog.pg_depend AS d
                  JOIN pg_catalog.pg_amproc AS a ON a.oid = d.objid
                  CROSS JOIN LATERAL (SELECT concat_ws(', ', format_type(a.amproclefttype, NULL),
                                                       format_type(a.amprocrighttype, NULL)) AS types) AS t
                  WHERE d.classid = 'pg_catalog.pg_amproc'::regclass AND {tied}) AS m""")
