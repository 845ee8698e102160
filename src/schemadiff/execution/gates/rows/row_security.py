"""Row-level security that would hide rows from the role that runs a backfill or asks a preflight."""

from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.connection import Connection
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.execution.gates.rows.references import references
from schemadiff.plans.model import Segment

_HIDING = """
SELECT DISTINCT relation.oid::regclass::text
  FROM unnest(%s::text[]) AS named (name)
  JOIN pg_class AS relation ON relation.oid = to_regclass(named.name)
 WHERE relation.relkind IN ('r', 'p') AND row_security_active(relation.oid)
 ORDER BY 1
"""


def hidden_rows(connection: Connection, backfill: Backfill, statement: str) -> str | None:
    """What to say when tables that `statement` reads or writes hide rows from the current role, else None.

    Tables that are not there yet hide nothing.
    """
    tables = hiding_tables(connection, statement, backfill.table)
    if not tables:
        return None
    return (
        f"backfill {backfill.name}: row-level security of {', '.join(tables)} hides rows from role "
        f"{role_of(connection)}, "
        "which would be skipped: run as a role with BYPASSRLS, or as the table's owner where "
        "row security is not forced"
    )


def shows_all_rows(segment: Segment) -> bool:
    """Whether a segment puts row-level security out of the way itself."""
    return any(step.operation is StepOperation.SHOW_ALL_ROWS for step in segment.steps)


def hiding_tables(connection: Connection, statement: str, *more: str) -> list[str]:
    """The tables that `statement` names, and those of `more`, of which the current role does not see all rows."""
    names = [*more, *(reference.name for reference in references(statement))]
    return [name for (name,) in connection.execute(_HIDING, [names])]


def role_of(connection: Connection) -> str:
    """The current role, quoted."""
    row = connection.execute("SELECT quote_ident(current_user)").fetchone()
    return str(row[0]) if row else ""
