"""The format of a plan directory, as its writer and its reader share it: plan.json, script bodies, digests.

Dataclasses become JSON objects field by field, driven by their type hints, so that a new field of a
plan needs no code here.
"""

import dataclasses
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from schemadiff.errors import PlanFileError, ScriptChanged
from schemadiff.plans.model import FORMAT_VERSION, Plan

PLAN, REVIEW, STATES = "plan.json", "review.md", "states.json.gz"
"""The files of a plan directory beside its scripts."""

SCRIPT_MARK = "-- ---- script ----"
"""The line of a script file below which everything counts for the approval digest."""

_PLAIN = frozenset({str, int, float, bool})

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_T = TypeVar("_T")


def plan_id(plan: Plan) -> str:
    """The name of the plan's directory and of the plan in a ledger: when it was made, and its name."""
    return f"{plan.created_at:%Y%m%dT%H%M%S}_{plan.name}"


def script_body(text: str, file: str) -> str:
    """What stands below the mark line of a script.

    Errors: PlanFileError when `file` has no such line; ScriptChanged when anything but comments stands above it.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.rstrip() == SCRIPT_MARK:
            return "\n".join(lines[number + 1 :])
        if not _is_comment(line.removesuffix("\r")):
            raise ScriptChanged(
                f"{file}:{number + 1}: {line.strip()!r:.60} stands above the line {SCRIPT_MARK!r}, where only comments "
                "do: restore the file from version control, or move the line below it and run 'schemadiff prove'"
            )
    raise PlanFileError(f"{file} has no line {SCRIPT_MARK!r}: put it back above the first statement")


def _is_comment(line: str) -> bool:
    """Whether a line has no effect; a carriage return would end its comment."""
    return "\r" not in line and (not line.strip() or line.startswith("--"))


def text_sha(text: str) -> str:
    """The hex sha256 of `text` in UTF-8, also of what JSON can hold and UTF-8 cannot."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def to_json(plan: Plan) -> dict[str, Json]:
    """The plan as JSON values under its format version: {"format": ..., "refused": ..., "plan": ...}."""
    return {"format": FORMAT_VERSION, "refused": plan.refused, "plan": encoded(plan)}


def from_json(document: object) -> Plan:
    """The plan in a document made by `to_json` (other keys beside "format" and "plan" are left alone).

    Errors: PlanFileError for another format version, and for a missing, unknown or misshapen field.
    """
    if not isinstance(document, Mapping):
        raise PlanFileError("plan.json is not a JSON object: make the plan again with 'schemadiff plan'")
    version = document.get("format")
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise PlanFileError(
            f"plan.json has format {version!r}, this schemadiff reads format {FORMAT_VERSION}: "
            "use the schemadiff version that wrote it, or make the plan again with 'schemadiff plan'"
        )
    return _decoded(Plan, document.get("plan"), "plan")


def encoded(value: object) -> Json:
    """A plan or a part of one as JSON values."""
    if value is None or type(value) in _PLAIN:
        return value  # type: ignore[return-value]  # the types say so
    if isinstance(value, tuple | list):
        return [encoded(item) for item in value]
    if isinstance(value, Enum):
        return encoded(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: encoded(getattr(value, name)) for name in _stored(type(value))}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): encoded(item) for key, item in value.items()}
    raise TypeError(f"a plan cannot hold a {type(value).__name__}")


@cache
def _stored(cls: Any) -> "dict[str, dataclasses.Field[Any]]":
    """The fields of a dataclass that plan.json holds, by name."""
    return {field.name: field for field in dataclasses.fields(cls) if field.metadata.get("kept") != "apart"}


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _decoded(expected: type[_T], value: object, path: str) -> _T:
    """A dataclass of type `expected` out of a JSON object; `path` says where it stands in plan.json."""
    if not isinstance(value, Mapping):
        raise _misshapen(path, "an object", value)
    cls: Any = expected
    hints, fields = _hints(cls), _stored(cls)
    if unknown := sorted(value.keys() - fields.keys()):
        raise PlanFileError(f"plan.json: {path} has an unknown field {unknown[0]!r}: {_MAKE_AGAIN}")
    arguments: dict[str, Any] = {}
    for name, field in fields.items():
        if name in value:
            arguments[name] = _value(hints[name], value[name], f"{path}.{name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise PlanFileError(f"plan.json: {path} lacks the field {name!r}: {_MAKE_AGAIN}")
    return expected(**arguments)


def _value(hint: Any, value: object, path: str) -> object:  # a type hint has no narrower type
    if isinstance(hint, NewType):
        hint = hint.__supertype__
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(hint, value, path)
    if origin in (tuple, list):
        items = _items(get_args(hint)[0], value, path)
        return tuple(items) if origin is tuple else items
    if origin is dict:
        return _mapping(get_args(hint)[1], value, path)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _decoded(hint, value, path)
    return _scalar(hint, value, path)


def _optional(hint: Any, value: object, path: str) -> object:
    if value is None:
        return None
    (inner,) = (option for option in get_args(hint) if option is not type(None))
    return _value(inner, value, path)


def _items(hint: Any, value: object, path: str) -> list[object]:
    if not isinstance(value, list):
        raise _misshapen(path, "a list", value)
    return [_value(hint, item, f"{path}[{index}]") for index, item in enumerate(value)]


def _mapping(hint: Any, value: object, path: str) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise _misshapen(path, "an object", value)
    return {key: _value(hint, item, f"{path}.{key}") for key, item in value.items()}


def _scalar(hint: type, value: object, path: str) -> object:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if issubclass(hint, datetime | Enum):
        try:
            return datetime.fromisoformat(str(value)) if issubclass(hint, datetime) else hint(value)
        except ValueError:
            raise _misshapen(path, f"a {hint.__name__.lower()}", value) from None
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise _misshapen(path, f"of type {hint.__name__}", value)
    return value


_MAKE_AGAIN = "it was written by another version or by hand; make the plan again with 'schemadiff plan'"


def _misshapen(path: str, wanted: str, value: object) -> PlanFileError:
    return PlanFileError(f"plan.json: {path} is not {wanted} but {value!r:.60}: {_MAKE_AGAIN}")
