"""How far a run came that did not end."""

from schemadiff.execution.events import Leftover, LeftoverSettled
from schemadiff.execution.record.ledger import RunRecord
from schemadiff.execution.running.leftovers import runs_alone, settle
from schemadiff.execution.script_run import ScriptRun
from schemadiff.plans.direction import Direction


def finished_segments(run: ScriptRun, record: RunRecord, *, settling: bool = True) -> int:
    """How many segments of up the run `record` has finished.

    What it began outside of transactions and did not record as done is settled: what came through counts, of the rest
    nothing is left. Without `settling`, it does not count, and nothing changes. Raises psycopg.Error.
    """
    states, segments = run.ledger.segments(record.id), run.plan_file.script(Direction.UP).segments
    done = next((place for place, one in enumerate(segments) if states.get(one.number) != "done"), len(segments))
    if not settling or done == len(segments) or states.get(segments[done].number) != "started":
        return done
    segment = segments[done]
    statement = segment.statements[0]
    if segment.backfill is not None or not runs_alone(statement.tree):
        return done
    settled = settle(run.connection, statement.tree)
    if settled is None:
        return done
    leftover, name = settled
    run.progress(LeftoverSettled(statement.label, leftover, name))
    if leftover is Leftover.INDEX_INVALID:
        return done
    run.ledger.finish_segment(record.id, segment.number)
    return done + 1
