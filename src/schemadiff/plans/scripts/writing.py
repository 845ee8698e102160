"""The text of up.sql and down.sql: canonical, equal plans give equal bytes, and psql runs it."""

from dataclasses import dataclass

from schemadiff.catalog.versions import printed
from schemadiff.connection_string import without_password
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.approval import approval_of
from schemadiff.plans.directory.serialization import SCRIPT_MARK, plan_id
from schemadiff.plans.model import Plan, Script
from schemadiff.plans.scripts.body import script_sql
from schemadiff.printable import one_line


@dataclass(frozen=True, slots=True)
class ScriptPair:
    """The texts of up.sql and down.sql, and the digest of the plan that a reviewer approves."""

    up: str
    down: str
    approval: str

    @property
    def files(self) -> dict[str, str]:
        """Both texts by the names of their files."""
        return {direction.file: direction.choose(self.up, self.down) for direction in Direction}


def script_pair(plan: Plan) -> ScriptPair:
    """Both scripts of `plan` with their headers."""
    return with_headers(plan, script_sql(plan.up), script_sql(plan.down))


def with_headers(plan: Plan, up: str, down: str) -> ScriptPair:
    """Script bodies, left as they are, under the headers of `plan`."""
    approval = approval_of(plan, up, down)
    return ScriptPair(
        up=_header(plan, plan.up, Direction.UP, approval) + up,
        down=_header(plan, plan.down, Direction.DOWN, approval) + down,
        approval=approval,
    )


def _header(plan: Plan, script: Script, direction: Direction, approval: str) -> str:
    name = one_line(plan_id(plan))
    hazards = ", ".join(script.hazards) or "none"
    lines = [
        f"-- schemadiff plan {name}, {direction}",
        f"-- target:  {one_line(without_password(plan.target))}, PostgreSQL {printed(plan.server_version)}",
        f"-- changes: {_count(len(script.steps), 'statement')} in {_count(len(script.segments), 'segment')}",
        f"-- hazards: {hazards}",
        *(["-- refused: as things stand, see review.md"] if plan.refused and direction is Direction.UP else []),
        f"-- approve: {approval}",
        f"-- run:     schemadiff {direction.command} plans/{name}    (or: psql -v ON_ERROR_STOP=1 -f {direction.file})",
        SCRIPT_MARK,
    ]
    return "\n".join(lines) + "\n"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
