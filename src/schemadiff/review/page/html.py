"""review.html: the review for a browser, with filters, definitions side by side and the locks over the steps."""

import base64
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from jinja2 import Template

from schemadiff.connection_string import without_password
from schemadiff.difference.highlighting import Side, pieces, visible_blanks
from schemadiff.plans.directory.serialization import plan_id
from schemadiff.plans.model import FieldChange, Plan, Script
from schemadiff.plans.scripts.body import script_sql
from schemadiff.printable import one_line, without_commands
from schemadiff.review import summary
from schemadiff.review.changes.collecting import changes
from schemadiff.review.changes.counts import headline
from schemadiff.review.changes.from_templates import parted
from schemadiff.review.changes.model import Line
from schemadiff.review.page.timeline import timeline
from schemadiff.review.script_text import script_text
from schemadiff.review.templating import TEMPLATES, environment


@dataclass(frozen=True, slots=True)
class Half:
    """A part of a definition; `differs` where the other one does not have it."""

    text: str
    differs: bool


def review_page(plan: Plan, approval: str, directory: str) -> str:
    """The review of `plan` as one HTML file that loads nothing and runs no script but its own."""
    groups = changes(plan.up, plan.loads)
    made, rest = parted(groups, plan.templates)
    script, style = _part("page.js"), _part("page.css")
    text = _template().render(
        plan=plan,
        title=one_line(plan_id(plan)),
        headline=headline(groups),
        target=without_password(plan.target),
        approval=approval,
        directory=directory,
        groups=rest,
        made=made,
        groups_back=changes(plan.down, plan.loads),
        risk=summary.risk(plan.up),
        statements=_statements(plan.up),
        script=script,
        style=style,
        script_digest=_digest(script),
        style_digest=_digest(style),
    )
    return without_commands(text)


@cache
def _template() -> Template:
    made = environment(escapes=True)
    made.filters |= {"one_line": one_line}
    made.globals |= {"halves": halves, "sql": _sql, "timeline": timeline, "searched": _searched}
    return made.get_template("review.html.j2")


def halves(change: FieldChange) -> tuple[tuple[Half, ...], tuple[Half, ...]]:
    """Both definitions in pieces, each of which says whether the other one has it, too."""
    found = pieces((change.before or "").strip("\n"), (change.after or "").strip("\n"))
    left = tuple(Half(_shown(one.text), one.side is Side.FOUND) for one in found if one.side is not Side.EXPECTED)
    right = tuple(Half(_shown(one.text), one.side is Side.EXPECTED) for one in found if one.side is not Side.FOUND)
    return left, right


def _shown(text: str) -> str:
    return visible_blanks(text) if text.strip() else text


def _statements(script: Script) -> dict[str, str]:
    """Each statement by its number."""
    return {entry.number: _clean(entry.step.sql) for entry in summary.numbered(script)}


def _sql(script: Script) -> str:
    return _clean(script_sql(script)).strip("\n")


def _clean(sql: str) -> str:
    return script_text(without_password(sql))[0]


def _searched(line: Line, group: str) -> str:
    """What the filter looks at."""
    return one_line(" ".join([group, line.object, line.words, *line.hazards])).lower()


@cache
def _part(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """What lets a browser run this script, or use this style, and no other."""
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"
