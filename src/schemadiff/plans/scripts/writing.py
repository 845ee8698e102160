"""The text of up.sql and down.sql: canonical, equal plans give equal bytes, and psql runs it."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.versions import printed
from schemadiff.connection_string import without_password
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.approval import approval_of
from schemadiff.plans.directory.serialization import SCRIPT_MARK, plan_id
from schemadiff.plans.forecast import lock_words, outlasting
from schemadiff.plans.model import Plan, Script, Segment, Step
from schemadiff.plans.scripts.time_zone import zone_setting
from schemadiff.plans.wording import sign, summary
from schemadiff.printable import one_line

LOCK_TIMEOUT = "3s"
"""How long a statement in a script waits for a lock before its segment is rolled back."""


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


def script_sql(script: Script) -> str:
    """What stands below the mark line: settings, then every segment with its statements."""
    zone = [] if script.time_zone is None else [f"-- as rehearsed\n{zone_setting(script.time_zone)};\n"]
    parts = ["".join(["SET statement_timeout = 0;\nSET check_function_bodies = off;\n", *zone])]
    for number, segment in enumerate(script.segments, start=1):
        parts.append(_segment(segment, number, len(script.segments)))
    return "\n".join(parts)


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


def _segment(segment: Segment, number: int, total: int) -> str:
    title = f"-- segment {number} of {total}: "
    steps = "\n".join(_step(step, f"{number}.{index}") for index, step in enumerate(segment.steps, start=1))
    if segment.backfill is not None:
        backfill = segment.backfill
        along = f"batches of {backfill.batch_size} rows along {one_line(backfill.key)}"
        title += f"backfill {one_line(backfill.name)}, {along}"
        block = steps if len(segment.steps) == 1 else f"BEGIN;\n\n{steps}\nCOMMIT;\n"
        return f"{title}\nSET lock_timeout = '{LOCK_TIMEOUT}';\n\\set batch true\n{block}"
    if segment.transactional:
        held = "".join(f"-- until it commits: {one_line(forecast.words({}))}\n" for forecast in outlasting(segment))
        opening = f"BEGIN;\nSET LOCAL lock_timeout = '{LOCK_TIMEOUT}';\n"
        return f"{title}one transaction\n{held}{opening}\n{steps}\nCOMMIT;\n"
    # a lock_timeout would also end the waits inside CREATE INDEX CONCURRENTLY and leave an invalid index
    return f"{title}outside a transaction block\nSET lock_timeout = 0;\n{steps}"


def _step(step: Step, number: str) -> str:
    lines = [
        f"-- {number} {sign(step)} {summary(step)}",
        *_hazard_line(step.hazards),
        *_lock_line(step),
        _terminated(step.sql),
    ]
    return "\n".join(lines) + "\n"


def _hazard_line(hazards: tuple[Hazard, ...]) -> Iterator[str]:
    if hazards:
        yield f"-- hazards: {', '.join(hazards)}"


def _lock_line(step: Step) -> Iterator[str]:
    if words := lock_words(step.observed):
        yield f"-- locks: {one_line(words)}"


def _terminated(sql: Sql) -> str:
    """`sql` with its semicolon, which stands on a line of its own where a comment would swallow it."""
    text = sql.strip()
    if "--" not in text.rpartition("\n")[2]:
        return text if text.endswith(";") else f"{text};"
    from pglast.parser import scan  # takes longer to load than all else here

    *_, last = scan(text)
    if last.name == "ASCII_59":
        return text
    return text + ("\n;" if last.name == "SQL_COMMENT" else ";")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
