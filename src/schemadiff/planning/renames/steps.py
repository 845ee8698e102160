"""The statements that carry out renames, in an order in which every new name is free."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.forms import NamedParts
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql, beside, last_name, qualifier
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.renames.policy import Rename
from schemadiff.planning.steps import step_by_itself
from schemadiff.plans.model import Step


def renaming_steps(renames: Sequence[Rename], live: Catalog) -> Iterator[Step]:
    """Steps that make every rename; chains run from the end, a ring goes by way of a temporary name.

    The objects are built from `live`, in which they bear their old names.
    """
    waiting = [rename for rename in renames if rename.part is None]
    for rename in renames:
        if rename.part is not None:
            old, new = rename.part
            holder = live[rename.old]
            assert isinstance(holder, NamedParts), rename
            named = RawChange("name", old, new)
            yield _step(holder.rename_part(old, new), Purpose.of(StepOperation.RENAME_PART, rename.old, named))
    while waiting:
        taken = {rename.old for rename in waiting}
        free = [rename for rename in waiting if rename.new not in taken]
        if free:
            for rename in free:
                yield from _steps(rename, live)
                waiting.remove(rename)
            continue
        ring = waiting.pop(0)
        aside = Identity(ring.old.kind, beside(ring.old.name, "schemadiff aside"))
        yield from _steps(Rename(ring.old, aside), live)
        yield from renaming_steps(waiting, live)
        yield from _steps(Rename(aside, ring.new), live, built_as=ring.old)
        return


def _called(built: CatalogObject, identity: Quoted, name: Quoted) -> CatalogObject:
    """The object under the identity and the last name that it has by now."""
    named = {"name": name} if "name" in built.COLUMNS else {}
    return replace(built, identity=identity, **named)


def _step(statement: Statement, purpose: Purpose, holder: Identity | None = None) -> Step:
    return step_by_itself(replace(statement, purpose=purpose), str(holder) if holder is not None else None)


def _steps(rename: Rename, live: Catalog, built_as: Identity | None = None) -> Iterator[Step]:
    built = live[built_as or rename.old]
    (old_schema, old), (new_schema, new) = ((qualifier(name), last_name(name)) for _, name in (rename.old, rename.new))
    if old != new:
        named = RawChange("name", rename.old.name, new)
        renaming = _called(built, rename.old.name, old).rename(new)
        yield _step(renaming, Purpose.of(StepOperation.RENAME, rename.new, named), built.within())
    if old_schema != new_schema and old_schema and new_schema:
        moved = Sql(f"ALTER {built.KEYWORD} {old_schema}.{new} SET SCHEMA {new_schema}")
        named = RawChange("schema_name", rename.old.name, new_schema)
        made = Statement(moved, (Hazard.BREAKS_CLIENTS,))
        yield _step(made, Purpose.of(StepOperation.MOVE, rename.new, named), built.within())
