"""Bodies of routines, tried where all that the files declare is loaded: whether each statement in them can run.

There are no rows, and nothing runs: what fails for values, rights or resources is told nothing of here. What is only
there at run time, such as a temporary table or a statement put together from strings, is no fault.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from schemadiff.catalog.identity import Identity
from schemadiff.shadow.bodies.asking import Answer, Said, ask
from schemadiff.shadow.bodies.routines import Routine, Session, paths_for, routines_of, temporary_names
from schemadiff.shadow.bodies.words import Unreadable, Words

_DENIED = "42501"
_UNDEFINED = frozenset({"42P01", "42703", "42883", "42704", "3F000"})
_NAMED = re.compile(r'"([^"]+)"|(?:function|procedure|operator|column|table) ([^\s"(]+)')
_LOOKS = re.compile(r"server_version|pg_extension\b|pg_available_extension", re.IGNORECASE)
"""A body that asks what there is decides by the answer what it runs."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A routine with a statement that cannot run, what Postgres says of it, and where in the body it begins."""

    routine: Identity
    message: str
    body: str
    offset: int | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A routine of which some statements could only be parsed."""

    routine: Identity


def try_bodies(
    session: Session, routines: Mapping[int, Identity], users_path: str, unseen: Callable[[str], bool]
) -> Iterator[Broken | Parsed]:
    """Of these routines, by OID, what cannot run, and which could only be parsed.

    What a body names without a schema may stand in any: who calls it decides where it is looked up. `unseen` says of
    a schema whether live has it and the database of `session` does not.
    """
    found = routines_of(session, list(routines)) if routines else []
    temporary = temporary_names(session) if found else frozenset()
    for routine in found:
        answer, faults = _asked(session, routine, users_path, _Excused(routine, temporary, unseen))
        for said in faults:
            yield Broken(routines[routine.oid], said.message, routine.body, said.offset)
        if not faults and (answer.untried or answer.said or not answer.tried):
            yield Parsed(routines[routine.oid])


def _asked(session: Session, routine: Routine, users_path: str, excused: "_Excused") -> tuple[Answer, list[Said]]:
    """The answer under the search path that finds least fault, and what is at fault under all."""
    paths = paths_for(session, routine, users_path)
    if any(setting.startswith("search_path=") for setting in routine.settings):
        paths = paths[:1]
    common: list[Said] | None = None
    answer = Answer()
    for path in paths:
        answer = ask(session, routine, path)
        faults = [said for said in answer.said if excused.is_fault(said, answer)]
        places = {said.offset for said in faults}
        common = faults if common is None else [said for said in common if said.offset in places]
        if not common:
            break
    return answer, common or []


class _Excused:
    """What is no fault of a body, although it names what is not there."""

    def __init__(self, routine: Routine, temporary: frozenset[str], unseen: Callable[[str], bool]) -> None:
        self._routine, self._unseen = routine, unseen
        self._made = temporary | {name.lower() for name in routine.transition_tables}
        try:
            self._strings = " ".join(Words(routine.body).strings()).lower()
        except Unreadable:
            self._strings = ""

    def is_fault(self, said: Said, answer: Answer) -> bool:
        """Whether the words are at fault, and no value, right or resource, and nothing is made beforehand."""
        if said.guarded or said.sqlstate == _DENIED:
            return False
        if said.sqlstate not in _UNDEFINED:
            return said.sqlstate.startswith("42")
        if _LOOKS.search(self._routine.body):
            return False
        if self._routine.for_trigger and not self._routine.hangs_on and said.sqlstate == "42P01":
            return "." in said.message  # else it may be a transition table
        names = [(quoted or bare).lower() for quoted, bare in _NAMED.findall(said.message)]
        others = " ".join((self._strings, *answer.untried)).lower()
        return not any(self._is_elsewhere(name, others) for name in names)

    def _is_elsewhere(self, name: str, others: str) -> bool:
        schema, _, last = name.rpartition(".")
        if self._unseen(schema or last):
            return True
        return last in self._made or re.search(rf"(?<!\w){re.escape(last)}(?!\w)", others) is not None
