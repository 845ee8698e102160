"""Where live or the scratch server is too old for what the other one holds."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.newer import beyond
from schemadiff.catalog.versions import in_words, major
from schemadiff.errors import DesiredError, PlanningError, ScratchError
from schemadiff.shadow.databases import ShadowDatabases

_SHOWN = 20


def refuse_older_scratch(live: Catalog, scratch: int) -> None:
    """Errors: ScratchError, naming what live holds and no server of the version `scratch` can."""
    if major(scratch) < major(live.server_version) and (objects := list(beyond(live, scratch))):
        raise ScratchError(
            f"the scratch server is {in_words(scratch)}, which cannot hold these objects of live:\n{_lines(objects)}\n"
            f"{_next_step(live.server_version)}"
        )


def refuse_older_live(desired: Catalog, live: Catalog) -> None:
    """Errors: PlanningError, naming what files declare and no server of live's version can hold."""
    if major(live.server_version) < major(desired.server_version) and (
        objects := list(beyond(desired, live.server_version))
    ):
        raise PlanningError(
            f"live is {in_words(live.server_version)}, which cannot hold what the files declare:\n{_lines(objects)}\n"
            "write them as live knows them, or upgrade live first"
        )


@contextmanager
def telling(shadow: ShadowDatabases) -> Iterator[None]:
    """What fails on an older scratch server fails with a hint that it may be too old."""
    try:
        yield
    except (DesiredError, ScratchError) as error:
        here = shadow.server.version_num
        there = shadow.live.info.server_version if shadow.live else here
        if major(here) >= major(there):
            raise
        hint = f"live is {in_words(there)}, the scratch server {in_words(here)}, which may be too old for it"
        raise type(error)(f"{error}\n{hint}: {_next_step(there)}") from error


def _next_step(live: int) -> str:
    return (
        f"install {in_words(live)} for the scratch server, name its bin folder in the setting scratch.binaries, or "
        f"give the URL of a server of {in_words(live)} that may be used as scratch in scratch.url"
    )


def _lines(objects: Iterable[str]) -> str:
    listed = list(objects)
    more = [f"and {len(listed) - _SHOWN} more"] if len(listed) > _SHOWN else []
    return "\n".join(f"  {line}" for line in (*listed[:_SHOWN], *more))
