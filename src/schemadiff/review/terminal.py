"""A plan on the terminal: the same summary as review.md, shorter and in colour."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemadiff.catalog.statements.hazard import Hazard, RiskLevel
from schemadiff.connection_string import without_password
from schemadiff.plans import wording
from schemadiff.plans.directory.serialization import plan_id
from schemadiff.plans.filling import gives_back
from schemadiff.plans.model import Plan, Script, Segment
from schemadiff.plans.preflights import in_words
from schemadiff.plans.wording import Sign, sign
from schemadiff.printable import one_line
from schemadiff.review import summary
from schemadiff.review.summary import NumberedStep

_RISK_STYLE = {RiskLevel.LOW: "green", RiskLevel.MEDIUM: "yellow", RiskLevel.HIGH: "bold red"}
_SIGN_STYLE = {Sign.COMES: "green", Sign.GOES: "red", Sign.CHANGES: "yellow"}
_HAZARD_STYLE = _RISK_STYLE | {RiskLevel.LOW: "dim"}


def plan_summary(plan: Plan) -> RenderableType:
    """What a plan changes, how risky it is, whether it is proven, and what its rollback does."""
    if plan.empty:
        return Text(f"nothing to do: {without_password(plan.target)} is what the files declare", style="green")
    parts: list[RenderableType] = [
        Text(plan_id(plan), style="bold"),
        *([Text(refusal, style="bold red")] if (refusal := summary.refusal(plan)) else []),
        Text(f"{summary.size(plan.up)} for {without_password(plan.target)}"),
        Text(),
        script_table(plan.up),
        Text(),
        *_waits(plan.up, plan),
        _labelled("risk", summary.verdict(plan.up).removeprefix("Risk: "), _RISK_STYLE[summary.risk(plan.up)]),
        _labelled("proof", summary.proof_sentence(plan), _proof_style(plan)),
        _labelled("rollback", _rollback(plan), ""),
    ]
    parts += list(_rows(plan))
    parts += [_labelled("advice", words, "yellow") for words in map(summary.advised, plan.advice)]
    parts += [_labelled("note", str(note), "dim") for note in plan.notes]
    parts += [_labelled("unmanaged", name, "dim") for name in plan.unmanaged]
    return Group(*parts)


def rollback_summary(plan: Plan) -> RenderableType:
    """What the rollback of a plan does, what it takes away, and what refuses it."""
    lost = [entry.step.object for entry in summary.steps_with(plan.down, Hazard.DATA_LOSS)]
    parts: list[RenderableType] = [
        Text(f"rollback of {one_line(plan_id(plan))}", style="bold"),
        Text(f"{summary.size(plan.down)} on {without_password(plan.target)}"),
        Text(),
        script_table(plan.down),
        Text(),
        *_waits(plan.down, plan),
    ]
    if lost:
        parts.append(_labelled("lost", f"what was written since to {', '.join(lost)}", "red"))
    parts += [_labelled("refused", f"if rows of {name} {words}", "") for name, words in summary.refusals(plan.down)]
    return Group(*parts)


def _rows(plan: Plan) -> Iterator[RenderableType]:
    """Rows that stood in the way when the plan was made, and what could not be told of them."""
    for found in summary.in_the_way(plan):
        yield _labelled("in the way", f"{found.object}: {in_words(found)}:", "bold red")
        yield _labelled("", found.rows, "red")
        yield _labelled("", found.problem.way_out, "")
    for found in summary.unanswered(plan):
        yield _labelled("unknown", f"rows of {found.object} {found.problem}: {found.why}", "yellow")


def _waits(script: Script, plan: Plan) -> Iterator[RenderableType]:
    """What waits for a script: one line for what takes a moment, and one for each that takes longer."""
    yield from (_labelled("waits", words, "yellow") for words in summary.waits(script, plan.loads, lasting=True))
    if brief := summary.brief_waits(script):
        yield _labelled("waits", brief, "dim")


def script_table(script: Script) -> Table:
    """The steps of one direction, with a line above those that run in the same manner."""
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(justify="right", style="dim")
    table.add_column(ratio=1)
    table.add_column()
    entries = iter(summary.numbered(script))
    before = ""
    for segment in script.segments:
        manner = _manner(segment)
        alone = not segment.transactional or segment.backfill is not None
        if len(script.segments) > 1 and not (alone and manner == before):
            table.add_row("", Text(manner, style="dim italic"), "")
        before = manner
        for _ in segment.steps:
            _add(table, next(entries))
    return table


def _manner(segment: Segment) -> str:
    if segment.backfill is None:
        return summary.manner(segment)
    return "gives values back, in batches" if gives_back(segment) else "backfills, in batches"


def _add(table: Table, entry: NumberedStep) -> None:
    words = Text()
    for hazard in entry.step.hazards:
        words.append(" " if words else "").append(hazard.value, style=_hazard_style(hazard))
    mark = sign(entry.step)
    table.add_row(entry.number, Text.assemble((f"{mark} ", _SIGN_STYLE[mark]), wording.summary(entry.step)), words)


def _hazard_style(hazard: Hazard) -> str:
    return _HAZARD_STYLE[hazard.level]


def _labelled(label: str, text: str, style: str) -> Table:
    """One label with its text, wrapped beside it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=10, style="dim")
    table.add_column(ratio=1)
    table.add_row(label, Text(one_line(text), style=style))
    return table


def _proof_style(plan: Plan) -> str:
    if plan.proof is None:
        return "yellow"
    return "green" if plan.proof.holds else "bold red"


def _rollback(plan: Plan) -> str:
    gone = summary.not_recovered(plan.up)
    text = summary.size(plan.down)
    if gone:
        return (
            f"{text}; does not bring back what is lost by: {', '.join(wording.summary(entry.step) for entry in gone)}"
        )
    if summary.archived(plan.up):
        return f"{text}; the schema comes back exactly, and the archived rows and values with it"
    return f"{text}; the schema comes back exactly"
