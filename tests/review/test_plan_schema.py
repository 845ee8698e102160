"""The JSON Schema of plan.json: what is written is valid under it, and what is not read is not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemadiff.plans.directory.writing import plan_json
from schemadiff.plans.scripts.writing import script_pair
from schemadiff.review.plan_schema import plan_schema

from .made_plan import made_plan

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "null": (type(None),),
    "array": (list,), "object": (dict,),
}  # fmt: skip


def errors(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "") -> Iterator[str]:
    """What is wrong with a value, as far as schemas of ours can tell."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if not any(not list(errors(value, one, root)) for one in schema["anyOf"]):
            yield f"{where} is none of {schema['anyOf']}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{where} is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {schema['enum']}"
    if "type" not in schema:
        return
    kinds = TYPES[schema["type"]]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        yield f"{where} is no {schema['type']}"
        return
    for number, item in enumerate(value if isinstance(value, list) else []):
        yield from errors(item, schema["items"], root, f"{where}[{number}]")
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        yield from (f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            if name in known:
                yield from errors(item, known[name], root, f"{where}.{name}")
            elif others is False:
                yield f"{where} has {name}"
            elif isinstance(others, dict):
                yield from errors(item, others, root, f"{where}.{name}")


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
