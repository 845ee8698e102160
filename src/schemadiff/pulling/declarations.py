"""The statements that declare a database: those that lead to it from what every database of its kind begins with."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.planning.planner import script
from schemadiff.plans.model import Step
from schemadiff.pulling.homes import Homes
from schemadiff.pulling.paths import paths


@dataclass(frozen=True, slots=True)
class Declaration:
    """A statement of a desired file, the object that it is about, and the outermost object around that."""

    sql: Sql
    object: Identity
    root: Identity
    path: PurePosixPath


def declarations(beginning: Catalog, live: Catalog) -> tuple[Declaration, ...]:
    """The statements that declare `live`, in an order that works; `beginning` is a database without declarations.

    Errors: PlanningError.
    """
    homes = Homes(live)
    steps = list(_declared(script(beginning, live).steps, live))
    files = {step: homes.of(step) for step in steps}
    named = paths(files.values())
    return tuple(Declaration(step.sql, step.id, homes.root(step), named[files[step]]) for step in steps)


def _declared(steps: Iterable[Step], live: Catalog) -> Iterator[Step]:
    """All but who owns what, where files leave that open."""
    usual = usual_owner(live)
    for step in steps:
        owner = live.get(step.id) if step.kind == Owner.KIND else None
        if isinstance(owner, Owner) and owner.role == usual and not _granted_to_loader(owner, live):
            continue
        yield step


def usual_owner(live: Catalog) -> Quoted | None:
    """The role that owns most of what the connected role does not own, if that is most of all."""
    owners = Counter(Owner.of(values).role for values in live.rows.get(Owner.KIND, {}).values())
    return owners.most_common(1)[0][0] if owners else None


def _granted_to_loader(owner: Owner, live: Catalog) -> bool:
    """Whether the role that loads files, the first owner, has privileges of its own that would go with ownership."""
    target = owner.within()
    return any(
        privilege.target == target.name and privilege.target_kind == target.kind
        for privilege in live.having(Privilege, "grantee", live.current_user)
    )
