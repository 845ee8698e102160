"""A plan on the terminal: what changes, object by object, and what a person asks about it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from schemadiff.catalog.statements.hazard import RiskLevel
from schemadiff.connection_string import without_password
from schemadiff.difference.highlighting import marked
from schemadiff.notes import NoteKind
from schemadiff.plans.directory.serialization import plan_id
from schemadiff.plans.model import Plan, Script
from schemadiff.plans.preflights import in_words
from schemadiff.plans.scripts.body import script_sql
from schemadiff.printable import one_line, printable
from schemadiff.review import digest, summary
from schemadiff.review.access import access_table
from schemadiff.review.changes import model
from schemadiff.review.changes.collecting import changes
from schemadiff.review.changes.counts import headline
from schemadiff.review.changes.from_templates import FromTemplate, parted
from schemadiff.review.changes.model import Line, Mark
from schemadiff.review.script_text import script_text

_RISK_STYLE = {RiskLevel.LOW: "green", RiskLevel.MEDIUM: "yellow", RiskLevel.HIGH: "bold red"}
_MARK_STYLE = {Mark.COMES: "green", Mark.GOES: "red", Mark.CHANGES: "yellow", Mark.SAME: "dim"}
_HAZARD_STYLE = _RISK_STYLE | {RiskLevel.LOW: "dim"}
_MOST_OF_A_TEMPLATE = 20
"""Lines of a template's diff."""

_MARKED = re.compile(r"(?P<gone>\[-.*?-\])|(?P<new>\{\+.*?\+\})", re.DOTALL)


def plan_summary(plan: Plan, *, statements: bool = False) -> RenderableType:
    """What a plan changes, how risky it is, whether it is proven, and what its rollback does; `statements`: its SQL."""
    if plan.empty:
        nothing = Text(f"nothing to do: {without_password(plan.target)} is what the files declare", style="green")
        told = [note for note in plan.notes if note.kind in (NoteKind.PASSED_OVER, NoteKind.UNCOVERED)]
        return Group(nothing, *(_labelled("note", str(note), "dim") for note in told)) if told else nothing
    groups = changes(plan.up, plan.loads)
    made, rest = parted(groups, plan.templates)
    parts: list[RenderableType] = [
        Text.assemble((one_line(plan_id(plan)), "bold"), ": ", headline(groups)),
        *([Text(refusal, style="bold red")] if (refusal := summary.refusal(plan)) else []),
        Text(f"{summary.size(plan.up)} for {without_password(plan.target)}", style="dim"),
        Text(),
        *_made(made),
        *_groups(rest),
        *([Text(), *_statements(plan.up)] if statements else []),
        Text(),
        *_access(plan),
        _labelled("risk", digest.risk(plan.up), _RISK_STYLE[summary.risk(plan.up)]),
        *_all("", digest.consequences(plan.up), "dim"),
        *_all("lost", digest.lost(plan.up, plan), ""),
        *_all("waits", digest.waits(plan.up, plan), ""),
        *_rows(plan),
        *_all("refused if", digest.refused(plan.up), "dim"),
        _labelled("proof", summary.proof_sentence(plan), _proof_style(plan)),
        *_all("rollback", digest.way_back(plan), ""),
    ]
    parts += [_labelled("advice", words, "yellow") for words in map(summary.advised, plan.advice)]
    parts += [_labelled("note", str(note), "dim") for note in plan.notes]
    parts += [_labelled("unmanaged", name, "dim") for name in plan.unmanaged]
    return Group(*parts)


def rollback_summary(plan: Plan) -> RenderableType:
    """What the rollback of a plan does, what it takes away, and what refuses it."""
    groups = changes(plan.down, plan.loads)
    lost = [words for words in digest.way_back(plan)[1:] if not words.startswith("its hazards")]
    return Group(
        Text.assemble((f"rollback of {one_line(plan_id(plan))}", "bold"), ": ", headline(groups)),
        Text(f"{summary.size(plan.down)} on {without_password(plan.target)}", style="dim"),
        Text(),
        *_groups(groups),
        Text(),
        _labelled("risk", digest.risk(plan.down), _RISK_STYLE[summary.risk(plan.down)]),
        *_all("", digest.consequences(plan.down), "dim"),
        *_all("lost", lost, "red"),
        *_all("waits", digest.waits(plan.down, plan), ""),
        *_all("refused if", digest.refused(plan.down), ""),
    )


def _access(plan: Plan) -> Iterator[RenderableType]:
    for table in access_table(plan):
        yield table
        yield Text()


def _rows(plan: Plan) -> Iterator[RenderableType]:
    """Rows that stood in the way when the plan was made, and what could not be told of them."""
    for found in summary.in_the_way(plan):
        yield _labelled("in the way", f"{found.object}: {in_words(found)}:", "bold red")
        yield _labelled("", found.rows, "red")
        yield _labelled("", found.problem.way_out, "")
    for found in summary.unanswered(plan):
        yield _labelled("unknown", f"rows of {found.object} {found.problem}: {found.why}", "yellow")


def _made(made: Sequence[FromTemplate]) -> Iterator[RenderableType]:
    """Each template with its own diff, and below it, without their bodies, the objects that it made."""
    for one in made:
        yield Text(one_line(one.words), style="bold")
        for line in one.diff_lines(_MOST_OF_A_TEMPLATE):
            yield Text(f"    {printable(line)}", style={"+": "green", "-": "red"}.get(line[:1], "dim"))
        brief = (
            replace(group, lines=tuple(replace(line, details=(), bodies=()) for line in group.lines))
            for group in one.groups
        )
        yield from _groups(tuple(brief))
        yield Text()


def _groups(groups: Sequence[model.Group]) -> Iterator[RenderableType]:
    """The lines under the objects that hold them, each behind the step that says best what becomes of its object."""
    width = max((len(line.number) for group in groups for line in group.lines), default=0)
    for group in groups:
        if not group.alone:
            yield Text(f"{'':{width}} {one_line(group.object)}", style="bold")
        yield from (_Shown(line, width) for line in group.lines)


@dataclass(frozen=True, slots=True)
class _Shown:
    """One line behind its step and its mark, wrapped beside them where it does not fit."""

    line: Line
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line, words = self.line, Text(self.line.words)
        mark = Text(line.mark, style=_MARK_STYLE[line.mark])
        for hazard in line.hazards:
            words.append("  " if hazard is line.hazards[0] else ", ")
            words.append(hazard.value, style=_HAZARD_STYLE[hazard.level])
        if not (line.details or line.bodies) and self.width + 3 + words.cell_len <= options.max_width:
            yield Text.assemble((f"{line.number:>{self.width}}", "dim"), " ", mark, " ", words)
            return
        table = Table.grid(padding=(0, 1))
        table.add_column(width=self.width, justify="right", style="dim")
        table.add_column(width=1)
        table.add_column(ratio=1)
        table.add_row(line.number, mark, words)
        for detail in line.details:
            table.add_row("", "", Padding(Text(detail, style="dim"), (0, 0, 0, 2)))
        for body in line.bodies:
            table.add_row("", "", Padding(_body(body.before or "", body.after or ""), (0, 0, 0, 2)))
        yield table


def _body(before: str, after: str) -> Text:
    """Both texts as one, with the words painted that only one has."""
    text = Text(printable(marked(before, after).strip("\n"), keep="\n"))
    for found in _MARKED.finditer(text.plain):
        text.stylize("red" if found["gone"] else "green", *found.span())
    return text


def _statements(script: Script) -> Iterator[RenderableType]:
    """The script as SQL, painted on a terminal."""
    text, _ = script_text(without_password(script_sql(script)))
    yield Syntax(text.rstrip("\n"), "sql", theme="ansi_dark", background_color="default", word_wrap=True)


def _all(label: str, texts: Sequence[str], style: str) -> Iterator[RenderableType]:
    for number, text in enumerate(texts):
        yield _labelled(label if number == 0 else "", text, style)


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
