"""What a statement destroys for good: rows and values that the archive does not keep."""

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.types import holders_of
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writer import Writer
from schemadiff.planning.writing.writing import hazards_of


def loses(writer: Writer, act: Act, statement: Statement) -> bool:
    """Whether the statement destroys what the archive does not keep."""
    if act.operation is Operation.ALTER and act.identity not in writer.saving.changes:
        change = writer.work.alters[act.identity]
        if isinstance(change.before, Column) and isinstance(change.after, Column) and "type" in change.fields:
            changed = change.after.typed().there_and_back(change.before.typed()) is not None
            return changed and Hazard.TABLE_REWRITE in statement.hazards
    if Hazard.DATA_LOSS not in statement.hazards or act.identity in writer.saving.changes:
        return False
    # the rows of a partitioned table are those of its partitions
    whole = {one.identity for one in writer.with_parts(act) if _is_partitioned(writer.work.live.get(one.identity))}
    kept = writer.saving.saved.keys() | writer.saving.movers.keys() | whole
    for part in writer.with_parts(act):
        built = writer.work.object(part)
        inside = built.within() in kept or writer.work.live.holder(built) in kept
        if part.identity not in kept and not inside and Hazard.DATA_LOSS in hazards_of(built.drop()):
            return True
    if Hazard.DATA_LOSS in writer.lost_by_replacing(act):
        return bool(holders_of(act.identity, writer.work.live) - writer.saving.changes.keys() - writer.work.drops)
    return act.operation is not Operation.DROP


def _is_partitioned(built: CatalogObject | None) -> bool:
    return isinstance(built, Table) and built.partition_key is not None
