"""A plan's scripts as migrations: a file for each segment, since both are what commits together."""

import re
from collections.abc import Iterator
from datetime import datetime

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.desired.data_steps.batch import EVERY_ROW, with_batch
from schemadiff.plans.migrations.migration import Migration, Migrations, with_versions
from schemadiff.plans.model import BothWays, Script, Segment
from schemadiff.plans.scripts.body import LOCK_TIMEOUT
from schemadiff.plans.scripts.time_zone import zone_setting

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_]+")


def migrations_of(name: str, scripts: BothWays, plain: BothWays, made: datetime, newest: str) -> Migrations:
    """`scripts` of the plan `name` as migrations: what `plain` does, which keeps nothing in an archive.

    The CLI takes them in the order of their versions, so these follow `newest`, that of the newest file.
    """
    called = _NOT_IN_A_NAME.sub("_", name.lower()).strip("_") or "plan"
    up = with_versions(tuple(_migrations(called, scripts.up, plain.up)), made, newest)
    return Migrations(up, tuple(_migrations(f"revert_{called}", scripts.down, plain.down)))


def _migrations(name: str, script: Script, plain: Script) -> Iterator[Migration]:
    total, behind = len(plain.segments), 0
    for number, segment in enumerate(plain.segments, start=1):
        behind = number if len(script.segments) == total else max(behind, _done_with(segment, script))
        if number == total:
            behind = len(script.segments)
        called = name if total == 1 else f"{name}_{number}_of_{total}"
        yield Migration(called, tuple(_statements(segment, plain)), behind)


def _done_with(plain: Segment, script: Script) -> int:
    """The segment of a script behind which all is done that a segment of another one does."""
    objects = {step.id for step in plain.steps}
    places = (place for place, one in enumerate(script.segments, 1) if objects & {step.id for step in one.steps})
    return max(places, default=len(script.segments))


def _statements(segment: Segment, script: Script) -> Iterator[Sql]:
    """The statements of a file: whole, without batches, and alone where Postgres runs one in no transaction."""
    if segment.transactional or segment.backfill is not None:
        yield Sql("SET statement_timeout = 0")
        yield Sql("SET check_function_bodies = off")
        if script.time_zone is not None:
            yield zone_setting(script.time_zone)
        yield Sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    for step in segment.steps:
        # the CLI begins no transaction by a statement, which LOCK would need
        if step.operation is StepOperation.LOCK:
            continue
        yield from (_bare(setting) for setting in step.settings)
        yield _bare(with_batch(step.sql, EVERY_ROW))


def _bare(sql: str) -> Sql:
    return Sql(sql.strip().removesuffix(";").rstrip())
