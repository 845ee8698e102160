"""Scripts run once more, each statement in a transaction of its own, to observe what it alone does.

In a segment's one transaction the locks of earlier statements would hide those of later ones.
"""

from contextlib import ExitStack
from dataclasses import dataclass, replace

import psycopg

from schemadiff.desired import limits
from schemadiff.desired.loading.watch import Watch
from schemadiff.errors import ScratchError
from schemadiff.plans.model import BothWays, Script, Segment, Step
from schemadiff.plans.observation import Observation
from schemadiff.plans.wording import summary
from schemadiff.proof.watching.blocking_writers import BlockingWriters
from schemadiff.proof.watching.observation import Connection, Observer
from schemadiff.session import UsersSettings
from schemadiff.shadow.rehearsing.rehearsal import apply_settings, begin, run_statement, text_of
from schemadiff.shadow.rehearsing.superuser_rights import Superuser


@dataclass(frozen=True, slots=True)
class Watched:
    """Both scripts with what their steps did; `live_names` has what those call a relation of live."""

    scripts: BothWays
    live_names: dict[str, str]


def watch(
    scripts: BothWays, url: str, superuser: Superuser, deputy_url: str, settings: UsersSettings | None = None
) -> Watched:
    """What both scripts do, run one after the other on a copy of live at `url`, in part by a superuser.

    At `deputy_url`, every table of that copy may be locked.
    From a statement on that fails outside of its segment's transaction, steps stay as they are.
    """
    with ExitStack() as stack:
        watcher = _Watcher(url, superuser, deputy_url, stack, settings)
        seen = BothWays(watcher.script(scripts.up), watcher.script(scripts.down))
        return Watched(seen, watcher.live_names)


def _ended(step: Step, reason: str) -> ScratchError:
    return ScratchError(f"{summary(step)} {reason}")


class _Watcher:
    def __init__(
        self, url: str, superuser: Superuser, deputy_url: str, stack: ExitStack, settings: UsersSettings | None
    ) -> None:
        self._superuser, self._stack, self._settings = superuser, stack, settings
        self._connection = self._opened(url)
        deadline = Watch(superuser.url, [self._connection], _ended, all_seconds=limits.REHEARSAL_SECONDS)
        self._deadline = stack.enter_context(deadline)
        begin(self._connection, settings)
        self._observer = Observer(self._connection)
        self._writers = BlockingWriters(lambda: self._opened(deputy_url))
        self._stuck = False

    @property
    def live_names(self) -> dict[str, str]:
        """What relations are called on live, by their names at a step that touched them."""
        return self._observer.first_names

    def script(self, script: Script) -> Script:
        """The script with what its steps did."""
        if self._connection.closed:
            return script
        if any(step.settings for step in script.steps):
            self._connection.execute("RESET ALL; RESET SESSION AUTHORIZATION")
            begin(self._connection, self._settings)
        self._observer.begin()
        segments = tuple(
            replace(segment, steps=tuple(self._step(step, segment) for step in segment.steps))
            for segment in script.segments
        )
        return replace(script, segments=segments)

    def _step(self, step: Step, segment: Segment) -> Step:
        if self._stuck:
            return step
        text = text_of(step, segment)
        self._deadline.begin([step])
        try:
            seen = self._in_transaction(step, text) if segment.transactional else self._alone(step, text)
        except psycopg.Error:
            self._stuck = True
            return step
        return replace(step, observed=seen)

    def _in_transaction(self, step: Step, text: str) -> Observation | None:
        own = True

        def run() -> None:
            nonlocal own
            own = self._run(text, transactional=True)

        self._connection.execute("BEGIN")
        try:
            apply_settings(step, self._connection)
            seen = self._observer.watch(run)
        finally:
            # after an error, this rolls back
            self._connection.execute("COMMIT")
        if own:
            return seen
        self._observer.look()
        return None

    def _alone(self, step: Step, text: str) -> Observation | None:
        def run() -> bool:
            return self._run(text, transactional=False)

        apply_settings(step, self._connection)
        locks = self._writers.locks(text, run, self._connection.info.backend_pid)
        seen = self._observer.compare(locks)
        return seen if locks else None

    def _run(self, text: str, *, transactional: bool) -> bool:
        path = self._settings.search_path if self._settings else ""
        return run_statement(text, self._connection, self._superuser, transactional=transactional, path=path)

    def _opened(self, url: str) -> Connection:
        return self._stack.enter_context(psycopg.connect(url, autocommit=True))
