"""review.md: what a person reads in a pull request."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.connection_string import without_password
from schemadiff.plans import wording
from schemadiff.plans.directory.serialization import plan_id
from schemadiff.plans.model import Plan
from schemadiff.plans.preflights import in_words
from schemadiff.printable import one_line, printable, without_commands
from schemadiff.review import summary


def review_markdown(plan: Plan, approval: str, directory: str | None = None) -> str:
    """The review of `plan` as GitHub-flavoured Markdown; equal plans give equal text.

    `approval` is the sha256 that `apply --approve` takes; `directory` is where the plan lies, as a user
    would type it (default: in plans/).
    """
    text = _template().render(
        plan=plan,
        title=plan_id(plan),
        target=without_password(plan.target),
        approval=approval,
        directory=directory or f"plans/{plan_id(plan)}",
        gone_for_good=summary.not_recovered(plan.up),
        archived=summary.archived(plan.up),
        lost_on_the_way_back=summary.steps_with(plan.down, Hazard.DATA_LOSS),
    )
    return without_commands(re.sub(r"\n{3,}", "\n\n", text).strip()) + "\n"


@cache
def _template() -> Template:
    environment = Environment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"code": code, "line": line, "listed": listed, "block": block}
    environment.globals |= {
        name: getattr(summary, name)
        for name in (
            "by_object", "change", "count", "hazard_places", "in_the_way", "judgements", "manner", "proof_sentence",
            "refusal", "refusals", "server_version", "size", "to_allow", "unanswered", "unasked", "verdict", "waits",
        )
    }  # fmt: skip
    environment.globals |= {"in_words": in_words, "words": wording.summary}
    source = Path(__file__).with_name("review.md.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


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
    """`sql` as a block of code inside a list, whatever backquotes it holds."""
    fence = "```"
    while fence in sql:
        fence += "`"
    lines = [f"{fence}sql", *map(printable, sql.splitlines()), fence]
    return "\n".join(f"  {line}" for line in lines)
