"""The statements that declare a database: those that lead to it from what every database of its kind begins with."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.foreign_table import ForeignTable
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, Sql, last_name, qualifier, quote_ident, unquoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.planning.planner import script
from schemadiff.plans.model import Step
from schemadiff.pulling.homes import Homes, root_of
from schemadiff.pulling.paths import paths

_NAMED_SEQUENCE = re.compile(
    r"""^(?P<before>\ {4}(?P<column>"(?:[^"]|"")+"|\w+)\ [^'\n]*AS\ IDENTITY)
        \ \(SEQUENCE\ NAME\ (?P<sequence>(?:"(?:[^"]|"")+"|[^\s".)])+\.(?:"(?:[^"]|"")+"|[^\s".)])+)
        \ ?(?P<more>[^\n)]*)\)""",
    re.MULTILINE | re.VERBOSE,
)


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
    others = [(n, role) for role, n in owners.items() if role != live.current_user and not role.startswith("pg_")]
    return max(others)[1] if others else None


def _left_open(step: Step, usual: Quoted | None, live: Catalog) -> bool:
    """Whether the statement gives an object to the role that owns most: a plan changes no owner that files omit."""
    owner = live.get(step.id) if step.kind == Owner.KIND else None
    return isinstance(owner, Owner) and owner.role == usual and not _granted_to_loader(owner, live)


def _granted_to_loader(owner: Owner, live: Catalog) -> bool:
    """Whether the role that loads files, the first owner, has privileges of its own that would go with ownership."""
    target = owner.within()
    return any(privilege.within() == target for privilege in live.having(Privilege, "grantee", live.current_user))


def _declaring(step: Step, live: Catalog) -> Sql:
    """The statement as files have it."""
    if step.kind == Privilege.KIND and step.operation is StepOperation.REVOKE:
        return _from_first_owner(step, live)
    if step.kind in (Table.KIND, ForeignTable.KIND):
        return Sql(_NAMED_SEQUENCE.sub(partial(_without_usual_name, Quoted(step.identity)), step.sql))
    return step.sql


def _from_first_owner(step: Step, live: Catalog) -> Sql:
    """While files are loaded, an object is still the loading role's.

    What its later owner lacks of an owner's privileges is taken from the first one, and goes along with ownership.
    """
    target, _, _ = step.identity.rpartition(" TO ")
    owner = live.get(Identity(Owner.KIND, Quoted(target)))
    if not isinstance(owner, Owner) or owner.role == live.current_user:
        return step.sql
    start, words, rest = step.sql.rpartition(f" FROM {owner.role}")
    return Sql(f"{start} FROM CURRENT_USER{rest}") if words and not rest.strip() else step.sql


def _without_usual_name(table: Quoted, found: re.Match[str]) -> str:
    """An identity column without the name of its sequence, where that is the one which Postgres chooses."""
    usual = quote_ident(f"{unquoted(last_name(table))}_{unquoted(Quoted(found['column']))}_seq")
    if found["sequence"] != f"{qualifier(table)}.{usual}":
        return found[0]
    return f"{found['before']} ({found['more']})" if found["more"] else found["before"]
