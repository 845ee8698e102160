"""A plan for programs: the JSON that commands print with `--format json`."""

from pathlib import Path

from schemadiff.plans.directory.serialization import Json, encoded, to_json
from schemadiff.plans.model import Plan
from schemadiff.review import digest, summary
from schemadiff.review.changes.collecting import changes
from schemadiff.review.changes.counts import headline
from schemadiff.review.changes.from_templates import parted


def plan_document(plan: Plan, directory: Path | None = None, approval: str | None = None) -> dict[str, Json]:
    """The plan under its format version, where it lies and what approves it; None for one that was not written.

    `review` is what people read of it: the headline, what changes object by object, and what they ask.
    """
    where: dict[str, Json] = {"directory": None if directory is None else str(directory), "approval": approval}
    return {**to_json(plan), **where, "review": _review(plan)}


def _review(plan: Plan) -> dict[str, Json]:
    groups, back = changes(plan.up, plan.loads), changes(plan.down, plan.loads)
    return {
        "headline": headline(groups),
        "risk": str(summary.risk(plan.up)),
        "changes": encoded(groups),
        "templates": [
            {"file": one.template.file, "words": one.words, "since": one.template.since, "diff": one.template.diff}
            for one in parted(groups, plan.templates)[0]
        ],
        "changes_back": encoded(back),
        "answers": {} if plan.empty else {question: list(texts) for question, texts in digest.answers(plan)},
    }
