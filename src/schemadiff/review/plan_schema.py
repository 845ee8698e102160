"""The format of plan.json as a JSON Schema, made of the same dataclasses that are written and read."""

import dataclasses
import inspect
import json
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from schemadiff.plans.directory.serialization import Json
from schemadiff.plans.model import FORMAT_VERSION, Plan

_PLAIN: dict[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def plan_schema() -> dict[str, Json]:
    """The schema of a whole plan.json; fields that a later format adds make a plan invalid under it."""
    definitions: dict[str, Json] = {}
    plan = _schema_of(Plan, definitions)
    properties: dict[str, Json] = {
        "format": {"const": FORMAT_VERSION},
        "plan": plan,
        "scripts": {
            "type": "object",
            "description": "The sha256 of each script by the name of its file.",
            "additionalProperties": {"type": "string"},
        },
        "approval": {"type": "string", "description": "What `apply --approve` takes."},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"plan.json of schemadiff, format {FORMAT_VERSION}",
        "type": "object",
        "properties": properties,
        "required": ["format", "plan", "scripts", "approval"],
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """The schema as it is printed."""
    return json.dumps(plan_schema(), indent=2) + "\n"


def _schema_of(hint: Any, definitions: dict[str, Json]) -> Json:
    if isinstance(hint, NewType):
        return _schema_of(hint.__supertype__, definitions)
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint is datetime:
        return {"type": "string", "format": "date-time"}
    if get_origin(hint) in (Union, types.UnionType):
        return {"anyOf": [_schema_of(option, definitions) for option in get_args(hint)]}
    if get_origin(hint) in (tuple, list):
        return {"type": "array", "items": _schema_of(get_args(hint)[0], definitions)}
    if get_origin(hint) in (dict, Mapping):
        return {"type": "object", "additionalProperties": _schema_of(get_args(hint)[1], definitions)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {"description": _said(hint), "enum": [member.value for member in hint]}
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _of_dataclass(hint, definitions)
    raise TypeError(f"plan.json cannot hold a {hint}")


def _of_dataclass(cls: type, definitions: dict[str, Json]) -> Json:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}  # of itself, if it should hold another one
        hints = get_type_hints(cls)
        stored = [field for field in dataclasses.fields(cls) if field.metadata.get("kept") != "apart"]
        missing = dataclasses.MISSING
        required: list[Json] = [
            field.name for field in stored if field.default is missing and field.default_factory is missing
        ]
        definitions[cls.__name__] = {
            "description": _said(cls),
            "type": "object",
            "properties": {field.name: _schema_of(hints[field.name], definitions) for field in stored},
            "required": required,
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _said(cls: type) -> str:
    """The first paragraph of a class's docstring on one line."""
    return " ".join(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].split())
