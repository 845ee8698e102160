"""Two schemas on a scratch server, the plan between them, and the proof of what is made of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import psycopg
import pytest

from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Sql
from schemadiff.difference.sides import Sides
from schemadiff.planning.both_ways import both_ways
from schemadiff.plans.model import BothWays, Proof, Script, Step
from schemadiff.proof import proof
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.proof.proof import REHEARSAL, WATCHED
from schemadiff.proof.watching.watching import Watched
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY, RehearsalCopies, copy_live

BEFORE, AFTER = "ground_before", "ground_after"
ROLES = ("corpus_alice", "corpus_bob", "corpus Carol", "ground_reader", "ground_owner")


class Ground:
    """The plan `made` from one schema to the other, and shadow databases in which it can be proven again and again."""

    def __init__(self, server: ScratchServer, before: str, after: str) -> None:
        self._server, self._judge = server, SecondJudge()
        for role in ROLES:
            server.create_role(role)
        self._shadow = ShadowDatabases(server, Scope.of(), None, server.superuser)
        for name, sql in ((BEFORE, before), (AFTER, after)):
            self._shadow.clone(BASELINE, name)
            with psycopg.connect(server.url(name), autocommit=True) as connection:
                connection.execute(sql.encode())
        self._sides = Sides(self._shadow.read(BEFORE), self._shadow.read(AFTER))
        copy_live(self._shadow, self._sides.live)
        self.made = self.plan()

    def plan(self) -> BothWays:
        """The plan as the planner makes it now."""
        return both_ways(*self._sides, archived=None).scripts

    def prove(self, made: BothWays) -> Proof:
        """The proof of both scripts, each time on a fresh copy."""
        self._drop(REHEARSAL, WATCHED)
        copies = RehearsalCopies(self._sides, self._server.url(AFTER))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(proof, "watch", _unwatched)  # what statements lock is not of interest here
            proven = proof.prove(made, copies, shadow=self._shadow, judge=self._judge)
        return proven.proof

    def close(self) -> None:
        """Leave the server as it was."""
        self._judge.end()
        self._drop(REHEARSAL, WATCHED, COPY, BEFORE, AFTER, BASELINE)

    def _drop(self, *names: str) -> None:
        for name in names:
            with suppress(psycopg.Error):
                self._server.drop_database(name)


@contextmanager
def ground(server: ScratchServer, before: str, after: str) -> Iterator[Ground]:
    """A ground for two schemas; only one at a time."""
    made = Ground(server, before, after)
    try:
        yield made
    finally:
        made.close()


def _unwatched(scripts: BothWays, *others: object) -> Watched:
    return Watched(scripts, {})


def changed(script: Script, change: Callable[[Step], Step | None]) -> Script:
    """The script with what `change` makes of each step; None leaves the step out, and so an empty segment."""
    segments = (replace(one, steps=tuple(filter(None, map(change, one.steps)))) for one in script.segments)
    return replace(script, segments=tuple(segment for segment in segments if segment.steps))


def without(script: Script, number: int) -> Script:
    """The script without its step of that number, counted from 0."""
    gone = script.steps[number]
    return changed(script, lambda step: None if step is gone else step)


def spelled(script: Script, old: str, new: str) -> Script:
    """The script with `new` for `old` in its one statement that has it."""
    having = [step for step in script.steps if old in step.sql]
    assert len(having) == 1, f"{len(having)} statements with {old}:\n" + "\n".join(step.sql for step in script.steps)
    return changed(
        script, lambda step: replace(step, sql=Sql(step.sql.replace(old, new))) if step is having[0] else step
    )
