"""The format of plan.json as a JSON Schema, made of the same dataclasses that are written and read."""

import dataclasses
import inspect
import types
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from schemadiff.catalog.statements.hazard import RiskLevel
from schemadiff.plans.directory.serialization import Json
from schemadiff.plans.model import FORMAT_VERSION, Plan
from schemadiff.review.changes.model import Group

_PLAIN: dict[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def plan_schema() -> dict[str, Json]:
    """The schema of a whole plan.json; fields that a later format adds make a plan invalid under it."""
    definitions: dict[str, Json] = {}
    plan = schema_of(Plan, definitions)
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


class Definitions:
    """The schemas of types, and those that they refer to."""

    def __init__(self) -> None:
        self.found: dict[str, Json] = {}

    def of(self, hint: Any) -> Json:
        """The schema of values of one type."""
        return schema_of(hint, self.found)


def document_properties(of: Callable[[Any], object]) -> dict[str, object]:
    """What a plan printed as JSON holds (`review/document.py`)."""
    words, maybe = {"type": "string"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}
    changes = {"type": "array", "items": of(Group)}
    template = {"file": words, "words": words, "since": maybe, "diff": maybe}
    review = {
        "headline": words,
        "risk": {"enum": [str(level) for level in RiskLevel]},
        "changes": changes,
        "templates": {"type": "array", "items": _object(template)},
        "changes_back": changes,
        "answers": {"type": "object", "additionalProperties": {"type": "array", "items": words}},
    }
    return {
        "format": {"const": FORMAT_VERSION},
        "refused": {"type": "boolean"},
        "plan": of(Plan),
        "directory": maybe,
        "approval": maybe,
        "review": _object(review),
    }


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def schema_of(hint: Any, definitions: dict[str, Json]) -> Json:
    """The schema of values of one type; dataclasses and enums go to the `definitions`."""
    if isinstance(hint, NewType):
        return schema_of(hint.__supertype__, definitions)
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint is Path:
        return {"type": "string"}
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    if hint is datetime:
        return {"type": "string", "format": "date-time"}
    if get_origin(hint) in (Union, types.UnionType):
        return {"anyOf": [schema_of(option, definitions) for option in get_args(hint)]}
    if get_origin(hint) in (tuple, list):
        return {"type": "array", "items": schema_of(get_args(hint)[0], definitions)}
    if get_origin(hint) in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema_of(get_args(hint)[1], definitions)}
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
            "properties": {field.name: schema_of(hints[field.name], definitions) for field in stored},
            "required": required,
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _said(cls: type) -> str:
    """The first paragraph of a class's docstring on one line."""
    return " ".join(inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[0].split())
