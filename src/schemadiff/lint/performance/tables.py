"""Tables without a key, with types that get in the way of an upgrade, or with policies that do double work."""

import re
from collections import defaultdict
from collections.abc import Iterator

from schemadiff.access.matrix import ROWS
from schemadiff.access.roles import PUBLIC
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import last_name
from schemadiff.lint.rule import Finding, Side
from schemadiff.plans.quantities import listed

_UNSUPPORTED = re.compile(
    r"^(pg_catalog\.)?reg(collation|config|dictionary|namespace|oper|operator|proc|procedure)(\[\])*$"
)


def no_primary_key(side: Side) -> Iterator[Finding]:
    """Tables whose rows have no name: replication, and whoever wants to change one row, cannot tell them apart."""
    keyed = {key.table for key in side.catalog.having(Constraint, "type", "p")}
    for table in side.catalog.of(Table):
        if table.identity not in keyed:
            message = "it has no primary key, so that nothing tells its rows apart"
            fix = f"ALTER TABLE {table.identity} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;"
            yield Finding(table, message, fix)


def unsupported_reg_types(side: Side) -> Iterator[Finding]:
    """Columns of types that hold numbers of system objects, with which pg_upgrade refuses the database."""
    for column in side.catalog.where(Column, "type", lambda name: bool(_UNSUPPORTED.match(name))):
        if column.relation_kind == "table":
            message = f"type {column.type} holds the number of a system object: an upgrade of the server refuses it"
            fix = f"ALTER TABLE {column.table} ALTER COLUMN {column.name} TYPE text;"
            yield Finding(column, message, fix)


def multiple_permissive_policies(side: Side) -> Iterator[Finding]:
    """Tables on which each query of a role asks several permissive policies, where one would do."""
    found: dict[tuple[str, str], dict[str, list[Policy]]] = defaultdict(lambda: defaultdict(list))
    roles = [one for one in side.access.actors.values() if _is_asked(one.name, bypasses=one.bypassrls)]
    for policy in side.catalog.having(Policy, "permissive", True):
        for action in ROWS:
            if policy.command in ("ALL", action):
                for role in roles:
                    if PUBLIC in policy.roles or role.name in policy.roles:
                        found[policy.table, action][role.name].append(policy)
    for table in side.catalog.having(Table, "row_security", True):
        for action in ROWS:
            several = {role: some for role, some in found[table.identity, action].items() if len(some) > 1}
            if several:
                names = sorted({last_name(policy.identity) for some in several.values() for policy in some})
                message = f"{action} asks {listed(names)} for each row: one policy with OR asks once"
                fix = f"DROP POLICY {names[-1]} ON {table.identity}; -- after joining it with {names[0]}"
                yield Finding(table, message, fix, about=action)


def _is_asked(name: str, *, bypasses: bool) -> bool:
    return not (bypasses or name == PUBLIC or name.startswith("pg_") or re.match("supabase.*admin$", name))
