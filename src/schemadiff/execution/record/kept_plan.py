"""Plans as the ledger keeps them, for rollback and verify where a plan's directory is gone."""

from contextlib import closing
from pathlib import Path

from schemadiff.connection import connect
from schemadiff.errors import PlanFileError, ScriptChanged
from schemadiff.execution.record.ledger import Ledger
from schemadiff.plans.directory.reading import PlanFile, plan_of_texts


def kept_plan(directory: Path, url: str) -> PlanFile:
    """The plan that lay in `directory`, as the database at `url` keeps it since it was applied there.

    Errors: PlanFileError where the database does not know it, or does not keep all of it; ScriptChanged where what it
    keeps is not what ran; ConnectionFailed.
    """
    name, files = directory.name, f"restore {directory} from version control"
    with closing(connect(url, purpose=f"schemadiff plan {name}")) as connection:
        ledger = Ledger(connection)
        kept = ledger.kept(name) if ledger.exists() else None
    if kept is None:
        raise PlanFileError(
            f"there is no plan directory {directory}, and the ledger of this database knows no plan {name} that was "
            f"applied: {files}"
        )
    if kept.plan_json is None:
        raise PlanFileError(
            f"there is no plan directory {directory}, and the ledger of this database keeps its scripts only, since an "
            f"older version applied it: {files}"
        )
    plan_file = plan_of_texts(directory, kept.plan_json, kept.up_sql, kept.down_sql)
    if plan_file.approval != kept.approval:
        raise ScriptChanged(
            f"what the ledger keeps of plan {name} is another plan ({plan_file.approval}) than the one that ran "
            f"({kept.approval}): {files}"
        )
    return plan_file
