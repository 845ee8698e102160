"""Which rows of a table row-level security leaves to a role."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from schemadiff.access.reach import Extent, Reach, Rule, nothing
from schemadiff.access.roles import Actor
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.sql import Quoted, last_name

NO_POLICY = "row-level security is on and no policy lets a row through"

_EVERY_ROW, _NO_ROW = "true", "false"

_TRIVIAL = ("true", "(1 = 1)")


def policies_by_table(catalog: Catalog) -> Mapping[Quoted, tuple[Policy, ...]]:
    """The policies of each table that has some."""
    found: dict[Quoted, list[Policy]] = defaultdict(list)
    for built in catalog.of(Policy):
        found[built.table].append(built)
    return {table: tuple(policies) for table, policies in found.items()}


def deciding(policies: Iterable[Policy], actor: Actor, action: str) -> tuple[Policy, ...]:
    """The policies that are asked when a role does something."""
    return tuple(policy for policy in policies if policy.command in ("ALL", action) and actor.concerns(policy.roles))


def reach_of(policies: Iterable[Policy], action: str) -> Reach:
    """The rows that the deciding policies leave."""
    permits, demands = set[Rule](), set[Rule]()
    for policy in policies:
        rule = Rule(last_name(policy.identity), condition(policy, action))
        (permits if policy.permissive else demands).add(rule)
    demands = {rule for rule in demands if rule.condition != _EVERY_ROW}
    lets_through = {rule for rule in permits if rule.condition != _NO_ROW}
    if not permits:
        return nothing(NO_POLICY, hidden=True)
    if not lets_through or any(rule.condition == _NO_ROW for rule in demands):
        return nothing("row-level security is on and its policies let no row through", hidden=True)
    whole = not demands and any(rule.condition == _EVERY_ROW for rule in lets_through)
    extent = Extent.EVERYTHING if whole else Extent.SOME
    return Reach(extent, permits=frozenset(lets_through), demands=frozenset(demands))


def condition(policy: Policy, action: str) -> str:
    """What a row must fulfil: one that is written must fulfil WITH CHECK where there is one, one that is read USING."""
    found = policy.with_check or policy.using if action == "INSERT" else policy.using
    return _EVERY_ROW if found is None or found in _TRIVIAL else found
