"""The JSON Schema of plan.json: what is written is valid under it, and what is not read is not."""

import json
from typing import Any

import click
import pytest

from schemadiff.cli.main import COMMANDS, cli
from schemadiff.cli.output_schemas import FORMS, output_schema
from schemadiff.plans.directory.writing import plan_json
from schemadiff.plans.scripts.writing import script_pair
from schemadiff.review.document import plan_document
from schemadiff.review.plan_schema import plan_schema

from .made_plan import made_plan
from .valid import errors


def document() -> Any:
    plan = made_plan()
    return json.loads(plan_json(plan, script_pair(plan)))


def test_what_is_written_is_valid() -> None:
    schema = plan_schema()
    assert list(errors(document(), schema, schema)) == []
    assert {"Plan", "Step", "Hazard", "Proof"} <= schema["$defs"].keys()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (("format",), 1, ".format is not 2"),
        (("plan", "name"), None, ".plan.name is no string"),
        (("plan", "more"), 1, ".plan has more"),
        (("plan", "up", "segments", 0, "steps", 0, "operation"), "x", ".operation is none of"),
    ],
)
def test_what_is_not_read_is_not_valid(path: tuple[str | int, ...], value: object, error: str) -> None:
    changed, schema = document(), plan_schema()
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (found,) = errors(changed, schema, schema)
    assert error in found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_that_prints_json_has_a_schema(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    formats = [
        one.type.choices for one in command.params if one.name == "format_" and isinstance(one.type, click.Choice)
    ]
    assert ("json" in [*formats[:1], ()][0]) == (name in FORMS)
    if name in FORMS:
        schema = output_schema(name)
        failed = {"code": "usage", "message": "no", "page": "docs/errors.md#usage"}
        document = {"command": name, "exit_code": 1, "error": failed}
        assert list(errors(document, schema, schema)) == []
        assert list(errors(document | {"error": None}, schema, schema)) != []


def test_a_printed_plan_is_valid() -> None:
    schema = output_schema("plan")
    envelope = {"command": "plan", "exit_code": 0, "error": None}
    printed = json.loads(json.dumps(envelope | plan_document(made_plan()), default=str))
    assert list(errors(printed, schema, schema)) == []
    assert list(errors(printed | {"more": 1}, schema, schema)) != []
