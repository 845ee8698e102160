"""review.md: what a person reads in a pull request."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from jinja2 import Template

from schemadiff.connection_string import without_password
from schemadiff.plans.directory.serialization import plan_id
from schemadiff.plans.model import Plan, Script
from schemadiff.plans.scripts.body import script_sql
from schemadiff.printable import one_line, printable, without_commands
from schemadiff.review import summary
from schemadiff.review.access import access_lines
from schemadiff.review.changes.as_text import as_text
from schemadiff.review.changes.collecting import changes
from schemadiff.review.changes.counts import headline
from schemadiff.review.changes.from_templates import FromTemplate, parted
from schemadiff.review.changes.model import Group
from schemadiff.review.script_text import script_text
from schemadiff.review.templating import environment

_SHOWN = 22
"""Lines of changes that stand before the folds, so that a reader sees the whole on one page."""

_MOST_SQL = 20_000
"""Characters of a script that are shown: a comment on a pull request takes about 65,000."""


def review_markdown(plan: Plan, approval: str, directory: str | None = None) -> str:
    """The review of `plan` as GitHub-flavoured Markdown; equal plans give equal text.

    `approval` is the sha256 that `apply --approve` takes; `directory` is where the plan lies, as a user
    would type it (default: in plans/).
    """
    groups = changes(plan.up, plan.loads)
    made, rest = parted(groups, plan.templates)
    lines = list(as_text(groups))
    text = _template().render(
        plan=plan,
        title=plan_id(plan),
        headline=headline(groups),
        target=without_password(plan.target),
        approval=approval,
        directory=directory or f"plans/{plan_id(plan)}",
        changes_shown="\n\n".join(_shown(made, rest)),
        all_changes=_diff(lines),
        changes_back=_diff(list(as_text(changes(plan.down, plan.loads)))),
        gone_for_good=summary.not_recovered(plan.up),
        archived=summary.archived(plan.up),
    )
    return without_commands(re.sub(r"\n{3,}", "\n\n", text).strip()) + "\n"


@cache
def _template() -> Template:
    made = environment(escapes=False)
    made.filters |= {"code": code, "line": line, "listed": listed, "block": block}
    made.globals |= {
        name: getattr(summary, name) for name in ("count", "hazard_places", "refusals", "unanswered", "unasked")
    }
    made.globals |= {"access_lines": access_lines, "script": _script}
    return made.get_template("review.md.j2")


def _shown(made: Sequence[FromTemplate], rest: Sequence[Group]) -> Iterator[str]:
    """Each template's own diff and what it made, then the rest."""
    for one in made:
        yield f"**{line(one.words)}**:"
        if diff := one.diff_lines(_SHOWN - 6):
            yield fenced("\n".join(diff), "diff")
        lines = list(as_text(one.groups, brief=True))
        more = [f"... and {len(lines) - _SHOWN // 2} more lines below"] if len(lines) > _SHOWN // 2 else []
        yield _diff([*lines[: _SHOWN // 2], *more])
    if rest or not made:
        yield _diff(_first(rest, list(as_text(rest))))


def _first(groups: Sequence[Group], lines: Sequence[str]) -> Sequence[str]:
    """What stands before the folds: all, or the objects alone, or as many of these as there is room for."""
    if len(lines) > _SHOWN:
        lines = list(as_text(groups, brief=True))
    if len(lines) <= _SHOWN:
        return lines
    return [*lines[: _SHOWN - 1], f"... and {len(lines) - _SHOWN + 1} more lines below"]


def _diff(lines: Sequence[str]) -> str:
    return fenced("\n".join(lines), "diff")


def _script(script: Script) -> str:
    """A script as it runs, the beginning of a long one."""
    text, _ = script_text(without_password(script_sql(script)))
    if len(text) > _MOST_SQL:
        text = f"{text[:_MOST_SQL].rpartition(chr(10))[0]}\n-- ... the rest stands in the file"
    return fenced(text.strip("\n"), "sql")


def fenced(text: str, language: str) -> str:
    """`text` as a block of code, whatever backquotes it holds."""
    fence = "```"
    while fence in text:
        fence += "`"
    return "\n".join([f"{fence}{language}", *(printable(one, keep="\t") for one in text.split("\n")), fence])


def line(text: str) -> str:
    """`text` as a line of Markdown that shows what it says: names cannot add markup, HTML or mentions."""
    text = re.sub(r"[\\`*\[\]<>|~&]|(?<!\w)_|_(?!\w)", r"\\\g<0>", one_line(text))
    return text.replace("@", "@&#8203;")


def listed(text: str) -> str:
    """`text` as an item of a list; lines after the first are shown as they are."""
    first, *rest = text.split("\n")
    lines = [f"      {printable(one)}" for one in rest]
    return "\n".join([f"- {line(first)}", *([""] * bool(lines)), *lines])


def code(text: str) -> str:
    """`text` as inline code, whatever backquotes it holds; a | is escaped, as tables want it."""
    text = one_line(text).replace("|", "\\|")
    fence = "`"
    while fence in text:
        fence += "`"
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def block(sql: str) -> str:
    """`sql` as a block of code inside a list."""
    return "\n".join(f"  {line}" for line in fenced(sql, "sql").split("\n"))
