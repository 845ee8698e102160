"""What each command prints with `--format json`, as JSON Schemas made of the dataclasses that it prints."""

import json
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

from schemadiff.cli.console.envelope import Failure
from schemadiff.errors import ConfigError
from schemadiff.toml_table import nearest

PLAN = "plan.json"

Properties = dict[str, object]
SchemaOf = Callable[[Any], object]

_STRING: object = {"type": "string"}
_FLAG: object = {"type": "boolean"}


def _maybe(schema: object) -> object:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: object) -> object:
    return {"type": "array", "items": schema}


def _closed(properties: Properties) -> object:
    names: list[object] = [*properties]
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def _plan(of: SchemaOf) -> tuple[Properties, ...]:
    from schemadiff.review.plan_schema import document_properties

    return (dict(document_properties(of)),)


def _run(of: SchemaOf) -> tuple[Properties, ...]:
    from schemadiff.api import DryRun, Outcome

    done = _fields(Outcome, of) | {"checks": _checks(of), "migrations": _list(_STRING)}
    return done, _fields(DryRun, of)


def _verify(of: SchemaOf) -> tuple[Properties, ...]:
    from schemadiff.api import Verification

    return (_fields(Verification, of) | {"holds": _FLAG, "checks": _checks(of)},)


def _checks(of: SchemaOf) -> object:
    from schemadiff.api import CheckResult

    return _list(_closed(_fields(CheckResult, of) | {"holds": _FLAG}))


def _status(of: SchemaOf) -> tuple[Properties, ...]:
    from schemadiff.api import Ledgers, Meeting, RunRecord, Status

    note = get_args(get_args(get_type_hints(Status)["notes"])[1])[0]
    run = _fields(RunRecord, of) | {"approvers": _list(_STRING), "notes": _list(of(note))}
    one: Properties = {
        "runs": _list(_closed(run)),
        "applied": _list(_STRING),
        "waiting": _list(_STRING),
        "interrupted": _maybe(_STRING),
        "runner": _maybe(_STRING),
        "archive": _list(_closed({"object": _STRING, "bytes": {"type": "integer"}})),
        "meetings": _list(of(Meeting)),
        "supabase": of(Ledgers),
    }
    standing = _closed(
        {
            "state": {"enum": ["waiting", "applied", "rolled-back", "half-done"]},
            "when": _maybe(_STRING),
            "who": _maybe(_STRING),
        }
    )
    plans: object = {"type": "object", "additionalProperties": standing}
    each: Properties = {"database": _STRING, "error": _maybe(_STRING), "runner": _maybe(_STRING), "plans": plans}
    return one, {"environments": {"type": "object", "additionalProperties": _closed(each)}}


def _rebase(of: SchemaOf) -> tuple[Properties, ...]:
    return ({"directory": _STRING, "empty": _FLAG, "changes": _list(_STRING)},)


def _adopt(of: SchemaOf) -> tuple[Properties, ...]:
    return (dict.fromkeys(("files", "marked", "recorded", "left"), _list(_STRING)),)


def _approve(of: SchemaOf) -> tuple[Properties, ...]:
    from schemadiff.api import Approval

    return (_fields(Approval, of),)


def _drift(of: SchemaOf) -> tuple[Properties, ...]:
    from schemadiff.api import Difference

    return ({"drift": _FLAG, "changes": _list(of(Difference)), "unfinished": _maybe(_STRING)},)


def _lint(of: SchemaOf) -> tuple[Properties, ...]:
    from schemadiff.api import Advice

    return ({"findings": _list(of(Advice))},)


def _access(of: SchemaOf) -> tuple[Properties, ...]:
    from schemadiff.api import ToldCell

    return ({"access": _list(of(ToldCell))},)


def _purge(of: SchemaOf) -> tuple[Properties, ...]:
    return ({"purged": _list(_closed({"object": _STRING, "bytes": {"type": "integer"}}))},)


FORMS: dict[str, Callable[[SchemaOf], tuple[Properties, ...]]] = {
    "access": _access,
    "adopt": _adopt,
    "apply": _run,
    "approve": _approve,
    "diff": _plan,
    "drift": _drift,
    "lint": _lint,
    "mark-applied": _run,
    "plan": _plan,
    "prove": _plan,
    "purge": _purge,
    "rebase": _rebase,
    "rollback": _run,
    "show": _plan,
    "status": _status,
    "verify": _verify,
}
"""What each command prints beside the envelope, in one of several forms."""


def output_schema(command: str) -> Properties:
    """The schema of what a command prints: the envelope with its own fields, or with an error alone.

    Errors: ConfigError for a command that prints no JSON.
    """
    from schemadiff.review.plan_schema import Definitions

    if command not in FORMS:
        raise ConfigError(f"no JSON is called {command!r}; {nearest(command, (PLAN, *FORMS))}")
    definitions = Definitions()
    of = definitions.of
    name: Properties = {"command": {"const": command}, "exit_code": {"type": "integer"}}
    forms = [_closed({**name, "error": _maybe(of(Failure)), **form}) for form in FORMS[command](of)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"what schemadiff {command} --format json prints",
        "anyOf": [*forms, _closed({**name, "error": of(Failure)})],
        "$defs": dict(sorted(definitions.found.items())),
    }


def schema_text(name: str) -> str:
    """The schema of plan.json, or of what a command prints. Errors: those of `output_schema`."""
    from schemadiff.review.plan_schema import plan_schema

    return json.dumps(plan_schema() if name == PLAN else output_schema(name), indent=2) + "\n"


def _fields(cls: type, of: SchemaOf) -> Properties:
    assert is_dataclass(cls)
    hints = get_type_hints(cls)
    return {name: of(hints[name]) for name in cls.__dataclass_fields__}
