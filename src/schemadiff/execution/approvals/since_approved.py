"""What changed in a plan since it was signed, for messages that refuse it."""

from textwrap import indent

from schemadiff.errors import PlanFileError
from schemadiff.execution.approvals.changed_words import changed_words
from schemadiff.execution.approvals.signatures import read_signatures
from schemadiff.plans.directory.approval import approved_words
from schemadiff.plans.directory.reading import PlanFile


def since_approved(plan_file: PlanFile, digest: str | None = None) -> str:
    """The changes since the plan was signed (as `digest`, if given), on lines of their own; nothing where none is told.

    Nobody asks here who signed: the words behind a digest are those of that digest, whoever put them there.
    """
    try:
        signatures = read_signatures(plan_file.directory)
    except PlanFileError:
        return ""
    now = approved_words(plan_file.plan, *plan_file.bodies)
    for one in signatures:
        if one.document is not None and one.digest != plan_file.approval and digest in (None, one.digest):
            lines = "\n".join(changed_words(one.document, now))
            return f"\nsince it was approved as {one.digest:.12}:\n{indent(lines, '  ')}"
    return ""
