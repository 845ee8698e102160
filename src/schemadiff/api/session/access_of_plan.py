"""What roles can do before and after a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import psycopg

from schemadiff.access.change import USUAL_ROLES, AccessChange
from schemadiff.access.changes import access_changes
from schemadiff.access.matrix import Access
from schemadiff.api.session.live_and_shadow import LiveAndShadow
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.reading.surroundings import read_surroundings
from schemadiff.catalog.sql import Quoted, quote_ident, schema_of
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.surroundings import RoleFacts, Surroundings
from schemadiff.config import Project
from schemadiff.desired.places import Places
from schemadiff.lint.linting import advice_on, found_in, new_in
from schemadiff.lint.rule import Side
from schemadiff.planning.both_ways import Ways
from schemadiff.planning.exposure import with_access
from schemadiff.plans.model import Plan, Script


def roles_of(project: Project) -> tuple[Quoted, ...]:
    """Whose access is told: the API's roles, PUBLIC, and those that the project names."""
    return tuple(dict.fromkeys((*USUAL_ROLES, *map(quote_ident, project.access_roles))))


def access_of_live(session: LiveAndShadow, project: Project, ways: Ways | None = None) -> Access:
    """What roles can do on live, under the names that its objects bear when a plan's renames are done."""
    around = read_surroundings(session.connection, session.live.scope, project.exposed)
    if ways is None or ways.start is None:
        return Access(session.live, around)
    return Access(ways.start, around, _entered_by(ways.scripts.up))


def access_of_files(session: LiveAndShadow, wanted: Catalog, live: Surroundings) -> Access:
    """What roles can do where the files are loaded, with live's roles unless the files declare some."""
    with psycopg.connect(session.shadow.deputy.url("desired"), autocommit=True) as connection:
        around = read_surroundings(connection, wanted.scope)
    if not wanted.scope.roles:
        return Access(wanted, live.before(around))
    declared = {role.identity: RoleFacts(role.superuser, role.bypassrls) for role in wanted.of(Role)}
    loader = quote_ident(session.shadow.role)
    memberships = {pair for pair in around.memberships if loader not in pair}
    kept = {pair for pair in live.memberships if loader in pair}
    return Access(wanted, live.with_roles({**live.roles, **declared}, memberships | kept).before(around))


@dataclass(frozen=True, slots=True)
class AccessOfPlan:
    """What roles can do before and after a plan, and where that differs."""

    before: Access | None = None
    after: Access | None = None
    changes: tuple[AccessChange, ...] = ()

    @classmethod
    def told_in(
        cls, session: LiveAndShadow, ways: Ways, wanted: Catalog, project: Project
    ) -> tuple["AccessOfPlan", Ways]:
        """Both ends of a plan to what the files declare, and its ways with hazards where they differ."""
        if not ways.scripts.up.segments:
            return cls(), ways
        before = access_of_live(session, project, ways)
        after = access_of_files(session, wanted, before.surroundings)
        changes = access_changes(before, after, roles_of(project))
        up = with_access(ways.scripts.up, changes)
        return cls(before, after, changes), replace(ways, scripts=replace(ways.scripts, up=up))

    def told(self, plan: Plan, places: Places, ignore: tuple[str, ...]) -> Plan:
        """The plan with what roles can do otherwise, and what lint rules find that is new or fixed.

        Errors: ConfigError for a rule to ignore that there is not.
        """
        if self.before is None or self.after is None:
            return plan
        old, new = (found_in(Side(access), ignore) for access in (self.before, self.after))
        advice = advice_on(new_in(new, old), places)
        return replace(plan, access=self.changes, advice=advice, fixed=advice_on(new_in(old, new), None))


def _entered_by(script: Script) -> Mapping[Quoted, Quoted]:
    """By the new name of each object that moves to another schema, the one in which it stood."""
    moves = (step for step in script.steps if step.operation is StepOperation.MOVE)
    stood = {Quoted(step.identity): schema_of(step.changes[0].before or "") for step in moves if step.changes}
    return {name: schema for name, schema in stood.items() if schema is not None}
