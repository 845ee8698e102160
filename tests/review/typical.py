"""Fifteen changes of every day: planned and proven together, then looked at one by one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

import schemadiff
from schemadiff.plans.model import Plan, Script, Step

_FILE = Path(__file__).with_name("typical.toml")


@dataclass(frozen=True)
class Change:
    """One change: SQL before and after, rows, and the answers that a review of it gives."""

    name: str
    before: str
    after: str
    rows: str = ""
    answers: tuple[str, ...] = ()

    @property
    def schema(self) -> str:
        """What all names of the change begin with."""
        return f"ty_{self.name}"


CHANGES = {
    name: Change(name, **{key: tuple(value) if key == "answers" else value for key, value in table.items()})
    for name, table in tomllib.loads(_FILE.read_text()).items()
}


def planned_together(url: str, folder: Path) -> Plan:
    """One plan for all of them, made and proven as a user's is."""
    with psycopg.connect(url, autocommit=True) as connection:
        for change in CHANGES.values():
            connection.execute(f"CREATE SCHEMA {change.schema}; {change.before} {change.rows}".encode())
        connection.execute("SELECT pg_stat_force_next_flush()")
    with psycopg.connect(url, autocommit=True) as connection:  # what the first one counted would be added to it
        connection.execute("ANALYZE")
    desired = folder / "desired_schema"
    desired.mkdir()
    for change in CHANGES.values():
        (desired / f"{change.name}.sql").write_text(f"CREATE SCHEMA {change.schema};\n{change.after}\n")
    allow = frozenset({schemadiff.Hazard.DATA_LOSS, schemadiff.Hazard.IRREVERSIBLE})
    project = schemadiff.Project.default(folder)
    return schemadiff.plan(url, project, name="typical", progress=lambda words: None, allow=allow).plan


def only(plan: Plan, change: Change) -> Plan:
    """The plan as if this had been the only change."""

    def mentions(*names: str | None) -> bool:
        return any(name and f"{change.schema}." in name.replace("ty_move_to.", "ty_move.") for name in names)

    def concerns(step: Step) -> bool:
        return mentions(step.identity, step.holder) or step.identity == f"{change.schema}_to"

    def script(whole: Script) -> Script:
        segments = (replace(one, steps=tuple(filter(concerns, one.steps)), leaves=None) for one in whole.segments)
        asked = tuple(one for one in whole.preflights if mentions(one.object))
        return replace(whole, segments=tuple(one for one in segments if one.steps), preflights=asked)

    return replace(
        plan,
        up=script(plan.up),
        down=script(plan.down),
        loads=tuple(load for load in plan.loads if mentions(load.table)),
        findings=tuple(found for found in plan.findings if mentions(found.object)),
        advice=tuple(one for one in plan.advice if mentions(one.object)),
        ways_back=(),
    )


def by_name(plan: Plan) -> Mapping[str, Plan]:
    """Each change's own plan."""
    return {name: only(plan, change) for name, change in CHANGES.items()}
