"""From statements to steps of a plan, with what their way back recovers."""

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Phase, Statement
from schemadiff.planning.losses import loses
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writer import Writer
from schemadiff.plans.model import Recovery, Step


def step(act: Act, statement: Statement, writer: Writer, graded: bool) -> Step:
    """The step that `statement` is; with `graded` it says what the other script recovers."""
    recovery, hazards = Recovery.LOSSLESS, statement.hazards
    if graded and Hazard.IRREVERSIBLE in hazards:
        recovery = Recovery.IMPOSSIBLE
    elif graded and loses(writer, act, statement):
        recovery, hazards = Recovery.STRUCTURE_ONLY, (*hazards, Hazard.IRREVERSIBLE)
    validates = f"validate {act.identity}" if statement.phase is Phase.VALIDATE else None
    summary = statement.summary or validates or _summary(act, writer)
    return Step(statement.sql, summary, str(act.identity), hazards, _holder(act, writer), recovery)


def _holder(act: Act, writer: Writer) -> str | None:
    """The outermost object that the act's object is a part of."""
    holder = writer.work.object(act).within()
    while holder is not None:
        built = writer.work.desired.get(holder) or writer.work.live.get(holder)
        above = built.within() if built else None
        if above is None:
            return str(holder)
        holder = above
    return None


def _summary(act: Act, writer: Writer) -> str:
    fields = writer.fields(act.identity) if act.operation is Operation.ALTER else ()
    what = f" ({', '.join(name.replace('_', ' ') for name in fields)})" if fields else ""
    return f"{act.operation} {act.identity}{what}"
