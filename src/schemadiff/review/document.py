"""A plan for programs: the JSON that commands print with `--format json`."""

from pathlib import Path

from schemadiff.plans.directory.serialization import Json, to_json
from schemadiff.plans.model import Plan


def plan_document(plan: Plan, directory: Path | None = None, approval: str | None = None) -> dict[str, Json]:
    """The plan under its format version, where it lies and what approves it; None for one that was not written."""
    return {**to_json(plan), "directory": None if directory is None else str(directory), "approval": approval}
