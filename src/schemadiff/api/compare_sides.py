"""The way from one state to another, each a database or files.

Two databases that are only compared need no scratch server, and so start fast: what reads and plans is imported in the
functions, while both servers are at work.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from schemadiff.api.session.project_scope import scope_to_compare
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.config import Project
from schemadiff.connection import Connection, connect
from schemadiff.connection_string import is_connection_string
from schemadiff.errors import ConfigError

if TYPE_CHECKING:
    from schemadiff.api.snapshots.snapshot import Snapshot
    from schemadiff.catalog.catalog import Catalog
    from schemadiff.planning.renames.policy import RenamePolicy
    from schemadiff.plans.model import Plan


def diff(
    from_side: str,
    to_side: str,
    project: Project,
    *,
    progress: PlanProgress = untold,
    renames: "RenamePolicy | None" = None,
    proof: bool = True,
    whole_proof: bool = False,
) -> "Plan":
    """The plan that turns FROM into TO; each side is a connection string, a snapshot, or a folder or file of SQL.

    Two databases are compared without a scratch server unless the plan is to be proven or holds renames; such
    a plan is for reading only: it has no way back and no states.
    Errors: ConfigError, DesiredError, ConnectionFailed, ScratchError, PlanningError, AmbiguousRename.
    """
    timings = Timings(progress)
    with ExitStack() as stack:
        with ThreadPoolExecutor(2) as pool:
            opening = pool.map(partial(_opened, stack=stack), (from_side, to_side))
            import schemadiff.catalog.reading.inspection  # noqa: F401
        sides = list(opening)
        connections = [side for side in sides if isinstance(side, psycopg.Connection)]
        if len(connections) == 2 and not proof and not (renames and renames.renamed):
            return _compared(connections, from_side, project, renames, timings)
        from schemadiff.api.session.compare_in_shadow import compare_in_shadow

        return compare_in_shadow(
            sides, (from_side, to_side), project, renames, timings, proof=proof, whole_proof=whole_proof
        )


def _compared(
    sides: Sequence[Connection], from_side: str, project: Project, renames: "RenamePolicy | None", timings: Timings
) -> "Plan":
    with timings.part("inspect both databases"), ThreadPoolExecutor(2) as pool:
        reading = _inspect_both(sides, project, pool)
        from schemadiff.api.session.new_plan import new_plan
        from schemadiff.difference.diff import diff as difference
        from schemadiff.difference.sides import Sides
        from schemadiff.planning import planner
        from schemadiff.planning.renames.policy import RenamePolicy
        from schemadiff.planning.renames.renames import look_alikes, refuse_unanswered
        from schemadiff.plans.model import BothWays, Script

        both = Sides(*(side.result() for side in reading))
    policy = renames or RenamePolicy()
    changes = difference(*both)
    refuse_unanswered(look_alikes(changes, both, policy), policy)
    scripts = BothWays(planner.script(*both, changes=changes), Script(()))
    return new_plan("diff", from_side, both, scripts, None, (), stateless=True)


def _opened(side: str, stack: ExitStack) -> "Connection | Path | Snapshot":
    """A side as a session, as a snapshot, or as a path that exists."""
    if is_connection_string(side):
        return stack.enter_context(connect(side, purpose="schemadiff diff"))
    path = Path(side)
    if not path.exists():
        raise ConfigError(f"{side} is neither a connection string nor a folder or file of SQL")
    from schemadiff.api.snapshots.files import is_snapshot, read_snapshot

    return read_snapshot(path) if is_snapshot(path) else path


def _inspect_both(sides: Sequence[Connection], project: Project, pool: ThreadPoolExecutor) -> "list[Future[Catalog]]":
    """Both catalogs, read at once within one scope."""
    from schemadiff.catalog.reading.inspection import inspect

    scope = scope_to_compare(sides, project)
    oldest = min(side.info.server_version for side in sides)
    return [pool.submit(inspect, side, scope, as_known_to=oldest) for side in sides]
