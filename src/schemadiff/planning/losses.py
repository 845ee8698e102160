"""What a statement destroys for good: rows and values that the archive does not keep."""

from collections.abc import Callable

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.inherited import inherited_from
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.columns import lost_by_retyping
from schemadiff.planning.archive.types import lost_with_attributes
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing, hazards_of


def loses(writing: Writing, act: Act, statement: Statement) -> bool:
    """Whether the statement destroys what the archive does not keep."""
    for judge in JUDGING:
        answer = judge(act, statement, writing)
        if answer is not None:
            return answer
    return act.operation is not Operation.DROP


def _kept(act: Act, statement: Statement, writing: Writing) -> bool | None:
    """What has no such hazard loses nothing, nor what is saved."""
    return False if Hazard.DATA_LOSS not in statement.hazards or act.identity in writing.saving.changes else None


def _falls(act: Act, statement: Statement, writing: Writing) -> bool | None:
    """The object loses its data, or something that falls with it does, unless it is saved.

    Where the whole has none of its own, its parts have none: the rows of a partitioned table are its partitions'.
    """
    parts = [writing.work.object(part) for part in writing.with_parts(act)]
    losing = {part.id for part in parts if Hazard.DATA_LOSS in hazards_of(part.drop())}
    safe = writing.saving.saved.keys() | writing.saving.movers.keys() | ({part.id for part in parts} - losing)
    return True if any(not _is_safe(part, safe, writing.work.live) for part in parts) else None


def _is_safe(part: CatalogObject | None, safe: set[Identity], live: Catalog) -> bool:
    """Whether the part is saved, or what holds it; what a parent's column saves holds the values of partitions."""
    while part is not None:
        if part.id in safe or part.within() in safe or live.holder(part) in safe:
            return True
        source = inherited_from(part)
        part = live.get(source) if source is not None else None
    return False


JUDGING: tuple[Callable[[Act, Statement, Writing], bool | None], ...] = (
    # Before the hazards: the types tell whether values come back, whatever the statement does to the table.
    lost_by_retyping,
    _kept,
    _falls,
    # After what falls by itself: a type holds no data, columns hold its values.
    lost_with_attributes,
)
"""Whether a statement destroys data: the first one that knows answers."""
