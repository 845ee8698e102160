"""Functions that do more than their callers may, or look for names where others can put some."""

from collections.abc import Iterator

from schemadiff.access.change import API_ROLES
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.sql import Quoted
from schemadiff.lint.rule import Finding, Side

_NOT_CALLED = ("trigger", "event_trigger")


def _routines(side: Side) -> Iterator[Function | Procedure]:
    yield from side.catalog.of(Function)
    yield from side.catalog.of(Procedure)


def function_search_path_mutable(side: Side) -> Iterator[Finding]:
    """Routines that look for names in whatever search_path their caller has."""
    for routine in _routines(side):
        if not any(setting.startswith("search_path=") for setting in routine.settings):
            message = "it sets no search_path, so that its caller decides what the names in it mean"
            fix = f"ALTER {routine.KEYWORD} {routine.identity} SET search_path = '';"
            yield Finding(routine, message, fix)


def anon_security_definer_function_executable(side: Side) -> Iterator[Finding]:
    """Functions with their owner's rights that anybody can call."""
    yield from _open_definers(side, API_ROLES[0])


def authenticated_security_definer_function_executable(side: Side) -> Iterator[Finding]:
    """Functions with their owner's rights that whoever has signed in can call."""
    yield from _open_definers(side, API_ROLES[1])


def _open_definers(side: Side, role: Quoted) -> Iterator[Finding]:
    actor = side.access.actors.get(role)
    if actor is None:
        return
    for routine in _routines(side):
        if not (routine.security_definer and side.serves(routine)) or routine.result in _NOT_CALLED:
            continue
        if side.access.privileges.has(actor, "EXECUTE", routine.KIND, routine.identity):
            owner = side.access.privileges.owner(routine.KIND, routine.identity)
            message = f"{role} can call it through the API, and it runs with the rights of {owner}"
            fix = f"REVOKE EXECUTE ON {routine.KEYWORD} {routine.identity} FROM PUBLIC, {role};"
            yield Finding(routine, message, fix)
