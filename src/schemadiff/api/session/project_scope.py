"""Which objects of a database a project looks at."""

from collections.abc import Sequence
from dataclasses import replace

from schemadiff.catalog.reading.special_roles import SpecialRoles
from schemadiff.catalog.scope import REACHING_OUT, Scope
from schemadiff.config import Profile, Project
from schemadiff.connection import Connection
from schemadiff.errors import ConfigError
from schemadiff.scratch.profile import detect_profile

_EXISTS = "SELECT FROM pg_catalog.pg_roles WHERE rolname = %s"

DEFAULT_ROLE = "postgres"
"""Who loads files where no database says as whom."""


def role_of(connection: Connection, project: Project) -> str:
    """Who applies plans: the role that the project names, or the one that is connected. Errors: ConfigError.

    What a connection string calls the user need not be a role: poolers take other names.
    """
    connected = SpecialRoles.of(connection).connected
    role = project.apply_as or connected
    if role != connected and connection.execute(_EXISTS, [role]).fetchone() is None:
        raise ConfigError(
            f"live has no role {role!r}, which is to apply plans: correct --as-role, or apply_as of the environment"
        )
    return role


def scope_of(connection: Connection, project: Project) -> Scope:
    """The project's scope; profile auto looks at the database."""
    profile = project.profile
    detected = detect_profile(connection) if profile is Profile.AUTO else profile.value
    scope = Scope.of(detected, project.include, project.exclude)
    if not scope.supabase:
        return scope
    there = {name for (name,) in connection.execute("SELECT pubname FROM pg_catalog.pg_publication")}
    return replace(scope, own_publications=tuple(name for name in scope.platform_publications if name not in there))


def scope_to_compare(sides: Sequence[Connection], project: Project) -> Scope:
    """The project's scope for two databases that are only read; with roles, without those that no script can write.

    These are the roles that read, and the bootstrap superusers.
    """
    scope = scope_of(sides[0], project)
    if not project.roles:
        return scope
    found = [SpecialRoles.of(side) for side in sides]
    return scope.with_roles(sorted({name for roles in found for name in (roles.bootstrap, roles.connected)}))


def scope_to_rehearse(sides: Sequence[Connection], project: Project) -> Scope:
    """The project's scope for a plan that is rehearsed; with roles, without those that no rehearsal may hold.

    These are superusers, and what reaches out of databases. Settings of the database stay out, too: scratch
    databases have their own.
    """
    scope = scope_to_compare(sides, project)
    if not project.roles:
        return scope
    superusers = {name for side in sides for name in SpecialRoles.of(side).superusers}
    applying = {project.apply_as} if project.apply_as else set()
    return scope.with_roles(sorted({*scope.connected, *superusers, *applying, *REACHING_OUT}), settings=False)


def scope_of_files(project: Project) -> Scope:
    """The project's scope where files are compared and no database says which profile it has."""
    profile = "supabase" if project.of_supabase else Profile.PLAIN.value
    scope = Scope.of(profile, project.include, project.exclude)
    return scope.with_roles([DEFAULT_ROLE, *REACHING_OUT], settings=False) if project.roles else scope
