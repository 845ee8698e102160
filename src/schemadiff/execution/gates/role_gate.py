"""Whoever applies a plan is the role that it was rehearsed as: rights and owners are others' otherwise."""

from schemadiff.connection import Connection
from schemadiff.errors import Refused
from schemadiff.plans.directory.reading import PlanFile


def refuse_other_role(plan_file: PlanFile, connection: Connection) -> None:
    """Errors: Refused where the connected role is not the one that `plan_file` was rehearsed as."""
    rehearsed = plan_file.plan.role
    row = connection.execute("SELECT current_user").fetchone()
    connected = str(row[0]) if row else ""
    if rehearsed is not None and connected != rehearsed:
        raise Refused(
            f"plan {plan_file.name} was rehearsed as role {rehearsed!r}, but this connection is {connected!r}: nothing "
            f"was run; connect as {rehearsed!r}, or make the plan for {connected!r}: "
            f"schemadiff plan --name {plan_file.plan.name} --as-role {connected}"
        )
