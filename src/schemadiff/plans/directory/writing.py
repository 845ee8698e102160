"""Writing a plan to its directory, all of it or nothing."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

from schemadiff.errors import PlanFileError
from schemadiff.plans.directory.serialization import PLAN, STATES, plan_id, text_sha, to_json
from schemadiff.plans.directory.states import states_bytes
from schemadiff.plans.model import Plan
from schemadiff.plans.scripts.writing import ScriptPair, script_pair, with_headers
from schemadiff.printable import printable_json
from schemadiff.project_files import replace_file


def write_plan(plan: Plan, directory: Path, *, others: Callable[[ScriptPair], Mapping[str, str]] | None = None) -> Path:
    """Write `plan` into a new directory below `directory` (made when missing) and return its path.

    `others` gives the texts of further files, such as review.md, by their names.
    Errors: PlanFileError when the plan's directory is there already or cannot be written.
    """
    target = directory / plan_id(plan)
    scripts = script_pair(plan)
    texts = {**scripts.files, PLAN: plan_json(plan, scripts), **(others(scripts) if others else {})}
    files = {name: text.encode() for name, text in texts.items()}
    if states := states_bytes(plan):
        files[STATES] = states
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write_whole(files, directory, target)
    except OSError as error:
        raise PlanFileError(f"cannot write plan {target}: {error.strerror or error}") from error
    return target


def restamp_plan(
    plan: Plan, directory: Path, bodies: tuple[str, str], *, others: Callable[[ScriptPair], Mapping[str, str]]
) -> ScriptPair:
    """Write headers, plan.json and further files of a plan that was proven with the script `bodies` that stand there.

    Interrupted, it leaves a plan that has to be proven again. Errors: PlanFileError when a file cannot be written.
    """
    scripts = with_headers(plan, *bodies)
    texts = {**scripts.files, **others(scripts), PLAN: plan_json(plan, scripts)}
    try:
        for name, text in texts.items():
            replace_file(directory / name, text.encode())
    except OSError as error:
        raise PlanFileError(f"cannot write plan {directory}: {error.strerror or error}") from error
    return scripts


def plan_json(plan: Plan, scripts: ScriptPair) -> str:
    """The text of plan.json for `plan` with exactly these scripts."""
    document = to_json(plan) | {
        "scripts": {name: text_sha(text) for name, text in scripts.files.items()},
        "approval": scripts.approval,
    }
    return printable_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _write_whole(files: Mapping[str, bytes], directory: Path, target: Path) -> None:
    """Write the files beside `target` and rename: a reader sees the whole plan or none."""
    if target.exists():
        raise PlanFileError(f"{target} is there already: a plan is never overwritten; give it another name")
    draft = directory / f".{target.name}.{uuid4().hex}"
    draft.mkdir()
    try:
        for name, content in files.items():
            (draft / name).write_bytes(content)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
