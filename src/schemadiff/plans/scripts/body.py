"""What a script runs, segment by segment, as it stands in up.sql and down.sql below the header."""

from collections.abc import Iterator

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.plans.forecast import lock_words, outlasting
from schemadiff.plans.model import Script, Segment, Step
from schemadiff.plans.scripts.time_zone import zone_setting
from schemadiff.plans.wording import sign, summary
from schemadiff.printable import one_line

LOCK_TIMEOUT = "3s"
"""How long a statement in a script waits for a lock before its segment is rolled back."""


def script_sql(script: Script) -> str:
    """What stands below the mark line: settings, then every segment with its statements."""
    zone = [] if script.time_zone is None else [f"-- as rehearsed\n{zone_setting(script.time_zone)};\n"]
    parts = ["".join(["SET statement_timeout = 0;\nSET check_function_bodies = off;\n", *zone])]
    for number, segment in enumerate(script.segments, start=1):
        parts.append(_segment(segment, number, len(script.segments)))
    return "\n".join(parts)


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
