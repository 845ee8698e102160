"""The statements that declare a database: those that lead to it from what every database of its kind begins with."""

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.planning.planner import script
from schemadiff.plans.model import Step
from schemadiff.pulling.homes import Homes, root_of
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
    usual = usual_owner(live)
    steps = [step for step in script(beginning, live).steps if not _left_open(step, usual, live)]
    roots = [root_of(step) for step in steps]
    files = {root: homes.of(root) for root in set(roots)}
    named = paths(files.values())
    return tuple(
        Declaration(_declaring(step, live), step.id, root, named[files[root]])
        for step, root in zip(steps, roots, strict=True)
    )


def usual_owner(live: Catalog) -> Quoted | None:
    """The role that owns most of what the connected role does not own."""
    owners = Counter(Owner.of(values).role for values in live.rows.get(Owner.KIND, {}).values())
    others = [(count, role) for role, count in owners.items() if role != live.current_user]
    return max(others)[1] if others else None


def _left_open(step: Step, usual: Quoted | None, live: Catalog) -> bool:
    """Whether the statement gives an object to the role that has nearly all: a plan changes no owner that files omit."""
    owner = live.get(step.id) if step.kind == Owner.KIND else None
    return isinstance(owner, Owner) and owner.role == usual and not _granted_to_loader(owner, live)


def _granted_to_loader(owner: Owner, live: Catalog) -> bool:
    """Whether the role that loads files, the first owner, has privileges of its own that would go with ownership."""
    target = owner.within()
    return any(privilege.within() == target for privilege in live.having(Privilege, "grantee", live.current_user))


def _declaring(step: Step, live: Catalog) -> Sql:
    """The statement as files have it: while they are loaded, an object is still the loading role's.

    What its later owner lacks of an owner's privileges is taken from the first one, and goes along with ownership.
    """
    if step.kind != Privilege.KIND or step.operation is not StepOperation.REVOKE:
        return step.sql
    target, _, _ = step.identity.rpartition(" TO ")
    owner = live.get(Identity(Owner.KIND, Quoted(target)))
    if not isinstance(owner, Owner) or owner.role == live.current_user:
        return step.sql
    start, words, rest = step.sql.rpartition(f" FROM {owner.role}")
    return Sql(f"{start} FROM CURRENT_USER{rest}") if words and not rest.strip() else step.sql
