"""Extensions that move to another schema: columns of their types move along, and are not rewritten.

So the move comes first, like a rename, and everything else is planned against live as it is then.
"""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.difference.sides import Sides
from schemadiff.planning.steps import step_by_itself
from schemadiff.plans.model import Step


def moves_of_extensions(sides: Sides) -> tuple[list[Step], list[Step]]:
    """The steps that move extensions which something depends on, and those that move them back."""
    forward: list[Step] = []
    backward: list[Step] = []
    made: set[Identity] = set()
    for before, after in _moving(sides):
        schema = Identity(Schema.KIND, after.schema)
        back = [_move(after, before)]
        if schema not in sides.live and schema not in made:
            made.add(schema)
            forward.append(_made(schema, sides.desired))
            back += _dropped(sides.desired[schema])
        forward.append(_move(before, after))
        backward[:0] = back
    return forward, backward


def _moving(sides: Sides) -> Iterator[tuple[Extension, Extension]]:
    live, desired = sides
    for name in sorted(live.rows.get(Extension.KIND, {}).keys() & desired.rows.get(Extension.KIND, {}).keys()):
        before, after = Extension.of(live.rows[Extension.KIND][name]), Extension.of(desired.rows[Extension.KIND][name])
        if before.schema == after.schema or not (before.relocatable and after.relocatable):
            continue
        there = any(Identity(Schema.KIND, after.schema) in side for side in sides)
        if there and live.dependencies.needed_by[before.id]:
            yield before, after


def _move(before: Extension, after: Extension) -> Step:
    (statement,) = after.alter_schema(before)
    change = RawChange("schema", before.schema, after.schema)
    return step_by_itself(replace(statement, purpose=Purpose.of(StepOperation.ALTER, after.id, change)))


def _made(schema: Identity, desired: Catalog) -> Step:
    """The schema, as its owner's from the beginning."""
    owner = desired[Identity(Owner.KIND, Quoted(f"{Schema.KEYWORD} {schema.name}"))]
    assert isinstance(owner, Owner)
    statement = Statement(Sql(f"CREATE SCHEMA {schema.name} AUTHORIZATION {owner.role}"))
    return step_by_itself(replace(statement, purpose=Purpose.of(StepOperation.CREATE, schema)))


def _dropped(schema: CatalogObject) -> Iterator[Step]:
    for statement in schema.drop():
        yield step_by_itself(replace(statement, purpose=Purpose.of(StepOperation.DROP, schema.id)))
