"""Running a script that makes a database like live: as a deputy, and as superuser only what calls nothing of live's."""

import re
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import groupby
from types import TracebackType
from typing import Self

import psycopg
from psycopg.errors import InsufficientPrivilege, InvalidFunctionDefinition

from schemadiff.catalog.kinds import AROUND_SCHEMAS
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.desired import limits
from schemadiff.desired.loading.harmless import may_be_copied
from schemadiff.desired.loading.owner_changes import give
from schemadiff.desired.loading.session_authorization import ONE_AT_A_TIME
from schemadiff.desired.loading.superuser import SuperuserStatements
from schemadiff.desired.loading.watch import Watch
from schemadiff.desired.reading.index_options import options_of_index
from schemadiff.desired.reading.parse_tree import parse
from schemadiff.errors import ScratchError
from schemadiff.plans.model import Script, Step
from schemadiff.scratch.deputy import Deputy
from schemadiff.scratch.installing.platform_template import session_at
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.stand_ins.index_options import UNKNOWN, newest_index, write_options
from schemadiff.scratch.superuser_session import run_alone, without_event_triggers
from schemadiff.shadow.rehearsing.failed_step import Failure
from schemadiff.shadow.rehearsing.superuser_rights import prelude

_FOR_SUPERUSERS = re.compile(
    r"(?:CREATE(?: TRUSTED)?|ALTER|COMMENT ON) (?:ACCESS METHOD|EVENT TRIGGER|EXTENSION|FOREIGN DATA WRAPPER|LANGUAGE"
    r"|OPERATOR (?:CLASS|FAMILY)|SUBSCRIPTION|TEXT SEARCH (?:PARSER|TEMPLATE)) "
)
"""How statements begin that only superusers may run, for the most part; others are found when they are refused."""

_AROUND_SCHEMAS = frozenset(cls.KIND for cls in AROUND_SCHEMAS)

_REFUSED = (InsufficientPrivilege, InvalidFunctionDefinition)
"""How Postgres refuses what only superusers may do; for an aggregate, it calls the definition invalid."""


class Copying:
    """Runs scripts on a shadow database that begins as live's baseline; for a `with` block."""

    def __init__(self, server: ScratchServer, deputy: Deputy, database: str) -> None:
        self._deputy, self._database = deputy, database
        self._plain = session_at(deputy.url(database))
        self._admin_url = server.superuser_url(database)
        self._admin = session_at(self._admin_url)
        self._plain.execute(prelude())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with closing(self._plain), closing(self._admin):
            pass

    def run(self, script: Script) -> None:
        """Run a script, with few round trips where nothing is refused. Raises ScratchError."""
        seconds = limits.LOADING_SECONDS
        with Watch(self._admin_url, [self._plain], _ended, all_seconds=seconds, in_one_go=True) as watch:
            watch.begin(["the copy of live"])
            self._run(script)

    def _run(self, script: Script) -> None:
        number = 1
        for segment in script.segments:
            for way, group in groupby(segment.steps, key=self._way):
                steps = list(group)
                if not self._done(way, [step.sql for step in steps], together=segment.transactional):
                    self._run_each(way, steps, number)
                number += len(steps)

    def _way(self, step: Step) -> "_Way":
        """How statements like that of a step are run."""
        if step.kind == Owner.KIND:
            return self._give
        if step.kind in _AROUND_SCHEMAS or step.sql.startswith("COMMENT ON ROLE "):
            return self._run_for_roles
        if self._deputy.beside_superusers and step.sql.startswith(("GRANT ", "REVOKE ")):
            return self._run_for_superuser  # on what superusers own, others grant nothing, and only get a warning
        return self._run_for_superuser if _FOR_SUPERUSERS.match(step.sql) else self._run_plain

    def _done(self, way: "_Way", texts: list[str], *, together: bool) -> bool:
        """Whether all could be run at once."""
        if not together or (way == self._run_for_superuser):
            return False
        try:
            way(texts)
        except psycopg.Error:
            if self._plain.broken:
                raise
            return False
        return True

    def _run_each(self, way: "_Way", steps: list[Step], number: int) -> None:
        for place, step in enumerate(steps, number):
            try:
                way([step.sql])
            except psycopg.Error as error:
                if self._plain.broken:
                    raise
                failure = Failure.of(step, place, error, conceal=False)
                raise ScratchError(f"live cannot be copied to the scratch server: {failure}") from None

    def _give(self, texts: Sequence[str]) -> None:
        give(self._admin, self._deputy.name, texts, to_superusers=self._deputy.beside_superusers)

    def _run_for_roles(self, texts: Sequence[str]) -> None:
        """What schemadiff itself writes about roles, for which the deputy acts from then on."""
        with ONE_AT_A_TIME, self._admin.transaction(), without_event_triggers(self._admin):
            run_alone(self._admin, texts)
        self._deputy.appoint(self._database)

    def _run_plain(self, texts: Sequence[str]) -> None:
        if len(texts) > 1:
            with self._plain.transaction():
                self._plain.execute(";\n".join(texts).encode())
            return
        try:
            self._plain.execute(texts[0].encode())
        except _REFUSED as refusal:
            self._run_for_superuser(texts, refusal)
        except UNKNOWN as refusal:
            self._run_without_options(texts[0], refusal)
        except psycopg.Error:
            # functions of live may look for what they call in schema public
            with self._plain.transaction():
                self._plain.execute("SET LOCAL search_path = public")
                self._plain.execute(texts[0].encode())

    def _run_without_options(self, text: str, refusal: psycopg.Error) -> None:
        """Run a statement whose parameters of an index the stand-in for its access method does not know."""
        options = options_of_index(*parse(text), text)
        if options is None:
            raise refusal
        newest = newest_index(self._admin)
        if options.text:
            self._plain.execute(options.text.encode())
        write_options(self._admin, options.index, newest, options.given, options.reset)

    def _run_for_superuser(self, texts: Sequence[str], refusal: psycopg.Error | None = None) -> None:
        for text in texts:
            tag, tree = parse(text)
            if may_be_copied(tag, tree):
                SuperuserStatements(self._admin, self._plain).execute(text, tag, tree, "", vouched=True)
            elif refusal is not None:
                raise refusal
            else:
                self._plain.execute(text.encode())


def _ended(what: str, reason: str) -> ScratchError:
    return ScratchError(f"live cannot be copied to the scratch server: {what} {reason}")


_Way = Callable[[Sequence[str]], None]
