"""Sequences of tables without rows stand as if nobody had drawn from them."""

from schemadiff.proof.rows.shape import Connection, Shape

_DRAWN_FROM = """
SELECT d.refobjid, s.seqrelid
FROM pg_catalog.pg_sequence AS s JOIN pg_catalog.pg_depend AS d
  ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid AND d.deptype IN ('a', 'i')
WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = ANY (%s)
  AND pg_catalog.pg_sequence_last_value(s.seqrelid) IS NOT NULL
ORDER BY 1, 2
"""

_BEGIN_ANEW = "SELECT pg_catalog.setval(seqrelid, seqstart, false) FROM pg_catalog.pg_sequence WHERE seqrelid = %s"


def begin_anew(connection: Connection, shape: Shape) -> None:
    """Let the sequences of empty tables begin anew: rows that were deleted again have left no trace in them."""
    for table, sequence in connection.execute(_DRAWN_FROM, [list(shape.tables)]).fetchall():
        filled = f"SELECT FROM {shape.tables[table].source} LIMIT 1"
        if connection.execute(filled.encode()).fetchone() is None:
            connection.execute(_BEGIN_ANEW, [sequence])
