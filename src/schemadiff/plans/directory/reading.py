"""Reading a plan directory and telling whether its scripts are still what was written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.errors import PlanFileError
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory import limits
from schemadiff.plans.directory.approval import approval_of
from schemadiff.plans.directory.serialization import (
    PLAN,
    REVIEW,
    STATES,
    from_json,
    plan_id,
    script_body,
    text_sha,
)
from schemadiff.plans.directory.states import with_values
from schemadiff.plans.model import Plan, Script
from schemadiff.plans.scripts.reading import ScriptFile, read_script
from schemadiff.project_files import read_inside


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as its directory holds it.

    `up_text` and `down_text` are the whole scripts; `approval` is computed from all that has an effect, as it stands;
    `changed` names the files that are not what was written. `review` is the text of review.md, None where there is
    none.
    """

    directory: Path
    plan: Plan
    up_text: str
    down_text: str
    approval: str
    changed: tuple[str, ...]
    plan_text: str = field(repr=False)
    """plan.json as it stands."""
    review: str | None = None

    @property
    def name(self) -> str:
        """What the ledger calls the plan."""
        return plan_id(self.plan)

    @property
    def bodies(self) -> tuple[str, str]:
        """What stands below the headers of both scripts."""
        return script_body(self.up_text, Direction.UP.file), script_body(self.down_text, Direction.DOWN.file)

    @property
    def detailed(self) -> Plan:
        """The plan with the values behind its states, as far as its directory holds them."""
        try:
            content = read_inside(self.directory / STATES, self.directory, most=limits.MOST_PACKED)
        except OSError:
            content = None
        return self.plan if content is None else with_values(self.plan, content)

    def planned(self, direction: Direction) -> Script:
        """What plan.json says about the script of `direction`."""
        return self.plan.script(direction)

    def script(self, direction: Direction) -> ScriptFile:
        """The script of `direction` as its file stands; PlanFileError when it cannot be read."""
        text = direction.choose(self.up_text, self.down_text)
        body = script_body(text, direction.file)
        # of the header only the lines count
        return read_script("\n" * text.removesuffix(body).count("\n") + body, direction.file)

    def backfill(self, name: str) -> Backfill:
        """The settings of a backfill by its name; PlanFileError when plan.json has none of that name."""
        for segment in (*self.plan.up.segments, *self.plan.down.segments):
            if segment.backfill is not None and segment.backfill.name == name:
                return segment.backfill
        raise PlanFileError(f"{self.directory / PLAN} has no backfill {name!r}: name one of the plan's in the script")


def read_plan(directory: Path) -> PlanFile:
    """The plan in `directory`.

    Errors: PlanFileError when a file is missing, unreadable, not UTF-8, no JSON or of another version; ScriptChanged
    when anything but comments stands in the header of a script.
    """
    if not directory.is_dir():
        raise PlanFileError(f"there is no plan directory {directory}: list them with 'ls {directory.parent}'")
    plan_text = _text(directory / PLAN)
    up, down = (_text(directory / direction.file) for direction in Direction)
    review = _text(directory / REVIEW) if (directory / REVIEW).exists() else None
    return plan_of_texts(directory, plan_text, up, down, review)


def plan_of_texts(directory: Path, plan_text: str, up: str, down: str, review: str | None = None) -> PlanFile:
    """The plan of which these are the files, wherever they were read; `directory` is where it lies, or lay.

    Errors: as `read_plan`.
    """
    document = _document(plan_text, directory / PLAN)
    texts = {Direction.UP.file: up, Direction.DOWN.file: down}
    plan = from_json(document)
    approval = approval_of(plan, *(script_body(text, str(directory / name)) for name, text in texts.items()))
    recorded = document.get("scripts")
    if not isinstance(recorded, Mapping):
        raise PlanFileError(f"{directory / PLAN} has no digests of the scripts: make the plan again")
    changed = [name for name, text in texts.items() if recorded.get(name) != text_sha(text)]
    if not changed and document.get("approval") != approval:
        changed.append(PLAN)
    return PlanFile(directory, plan, up, down, approval, tuple(changed), plan_text, review)


def written_plans(folder: Path) -> tuple[str, ...]:
    """The names of the plans that lie in a folder, the earliest first."""
    return tuple(sorted(entry.parent.name for entry in folder.glob(f"*/{PLAN}")))


def _document(text: str, path: Path) -> Mapping[str, object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanFileError(f"{path} is not JSON ({error}): restore it from version control") from error
    if not isinstance(document, dict):
        raise PlanFileError(f"{path} is not a JSON object: restore it from version control")
    return document


def _text(path: Path) -> str:
    try:
        content = read_inside(path, path.parent, most=limits.MOST_TEXT + 1)
        if content is None:
            raise PlanFileError(f"{path} is a link that leads out of the plan: restore it from version control")
        if len(content) > limits.MOST_TEXT:
            raise PlanFileError(f"{path} holds more than {limits.MOST_TEXT >> 20} MB: restore it from version control")
        return content.decode()
    except FileNotFoundError:
        files = ", ".join(direction.file for direction in Direction)
        raise PlanFileError(f"{path} is missing: a plan has {files} and {PLAN}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PlanFileError(f"cannot read {path}: {error}") from error
