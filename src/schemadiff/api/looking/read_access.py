"""What roles can do with every object, on live or as the files declare it."""

from collections.abc import Collection, Iterable
from pathlib import Path

from schemadiff.access.matrix import Access
from schemadiff.access.told import ToldCell, told_cells
from schemadiff.api.looking.one_side import files_side, live_side
from schemadiff.api.session.access_of_plan import roles_of
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.config import Project
from schemadiff.errors import ConfigError
from schemadiff.toml_table import nearest


def access_matrix(
    live: str | Path | None,
    project: Project,
    *,
    of_live: bool = False,
    roles: Collection[str] = (),
    progress: PlanProgress = untold,
) -> tuple[ToldCell, ...]:
    """What each of `roles` reaches with each action; by default PUBLIC, the API's roles and those the project names.

    `live` is a connection string, or the path of a snapshot.

    Errors: ConfigError for a role that there is not; DesiredError, ConnectionFailed, InspectionError, ScratchError.
    """
    timings = Timings(progress)
    if of_live:
        if live is None:
            raise ConfigError("no database is named: its access cannot be read")
        return _told(live_side(live, project, timings).access, roles, project)
    with files_side(live, project, timings) as side:
        return _told(side.access, roles, project)


def _told(access: Access, roles: Iterable[str], project: Project) -> tuple[ToldCell, ...]:
    asked = tuple(_role(name, access) for name in roles)
    return told_cells(access, asked or roles_of(project))


def _role(name: str, access: Access) -> Quoted:
    for known in (Quoted(name), quote_ident(name), Quoted(name.upper())):
        if known in access.actors and (known != name.upper() or known == "PUBLIC"):
            return known
    raise ConfigError(f"there is no role {name!r}; {nearest(name, tuple(map(str, access.actors)))}")
