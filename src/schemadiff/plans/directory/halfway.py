"""A plan whose first script stopped in the middle, with the way back from there as its second one."""

from collections.abc import Sequence
from dataclasses import replace

from schemadiff.catalog.fingerprint import State
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.directory.serialization import SCRIPT_MARK
from schemadiff.plans.model import Segment
from schemadiff.plans.scripts.body import script_sql


def left_behind(done: Sequence[Segment], before: State) -> State | None:
    """What stands when these segments of a script are done; None where its rehearsal did not look."""
    objects: dict[str, str] = dict(before.objects)
    for segment in done:
        if segment.leaves is None:
            return None
        for name, digest in segment.leaves.items():
            if digest is None:
                objects.pop(name, None)
            else:
                objects[name] = digest
    return State("", objects)


def halfway(plan_file: PlanFile, behind: int) -> PlanFile | None:
    """The plan as if up ended behind so many segments; None where no way back from there was rehearsed."""
    plan = plan_file.plan
    script = next((way.script for way in plan.ways_back if way.behind == behind), None)
    middle = left_behind(plan.up.segments[:behind], plan.live)
    if script is None or middle is None:
        return None
    # its rows in the ledger of the Supabase CLI are deleted: no migration reverts half of another
    migrations = plan.migrations and replace(plan.migrations, down=())
    plan = replace(plan, desired=middle, down=script, migrations=migrations)
    return replace(plan_file, plan=plan, down_text=f"{SCRIPT_MARK}\n{script_sql(script)}")
