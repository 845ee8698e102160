"""Questions to the rows before anything runs: would a statement of the script fail on them, or miss them?"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import psycopg

from schemadiff.catalog.statements.statement import Preflight, PreflightKind
from schemadiff.errors import ExecutionError, PreflightRefused
from schemadiff.execution.events import PreflightUnanswered
from schemadiff.execution.failure import kind_of_error, shown
from schemadiff.execution.gates.rows.asking import ask
from schemadiff.execution.gates.rows.row_security import hidden_rows, shows_all_rows
from schemadiff.execution.record.archive import missing
from schemadiff.execution.script_run import ScriptRun
from schemadiff.plans.direction import Direction
from schemadiff.plans.finding import Finding, Unanswered
from schemadiff.plans.preflights import in_words, placed
from schemadiff.session import looking_up

_GONE = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName)
_TIMEOUT = "5min"


@dataclass(frozen=True, slots=True)
class Gate:
    """The preflights of one script, by when they are asked."""

    run: ScriptRun
    places: Mapping[int | None, list[Preflight]]

    @classmethod
    def of(cls, run: ScriptRun) -> "Gate":
        """The gate of a script as its file stands."""
        segments = run.script.segments
        statements = [[statement.sql for statement in segment.statements] for segment in segments]
        filled = [str(run.plan_file.backfill(one.backfill).table) if one.backfill else None for one in segments]
        return cls(run, placed(run.planned.preflights, statements, filled))

    def before_all(self, done: Collection[int]) -> int:
        """Ask what can be asked before anything runs and return how many questions that were.

        `done` are the numbers of segments that an interrupted run has done: their statements ask nothing
        more. Errors: PreflightRefused with object, number of rows and the query that lists them;
        ExecutionError when a question fails.
        """
        segments = [segment for segment in self.run.script.segments if segment.number in done]
        finished = {statement.sql.strip() for segment in segments for statement in segment.statements}
        asked = [one for one in self.places.get(None, ()) if one.statement.strip() not in finished]
        self._refuse_purged([one for one in asked if one.kind.of_archive])
        asked = [one for one in asked if not one.kind.of_archive]
        problems = [*self._problems(asked, resumed=bool(done)), *self._hidden_rows()]
        if problems:
            raise PreflightRefused(
                f"plan {self.run.plan_file.name} would fail or skip rows, so nothing was run:\n"
                f"{_listed(problems)}\nfix this, then run the command again"
            )
        return len([one for one in asked if one.kind is not PreflightKind.UNASKED])

    def before_segment(self, number: int, total: int) -> None:
        """Ask what had to wait for the segments before this one; errors as for `before_all`."""
        problems = list(self._problems(self.places.get(number, ()), resumed=False))
        if problems:
            raise PreflightRefused(
                f"plan {self.run.plan_file.name} would fail in segment {number}:\n{_listed(problems)}\n"
                f"{number - 1} of {total} segments committed: fix this, then run the command again, "
                f"which goes on with segment {number}"
            )

    @property
    def _found_before(self) -> set[str]:
        """The queries that found rows when the plan was made."""
        found = self.run.plan_file.plan.findings if self.run.direction is Direction.UP else ()
        return {finding.rows for finding in found if finding.count}

    def _hidden_rows(self) -> Iterator[str]:
        """Backfills that would skip rows."""
        for segment in self.run.planned.segments:
            if segment.backfill is not None and not shows_all_rows(segment):
                with looking_up(self.run.connection, self.run.users_path):
                    hidden = hidden_rows(self.run.connection, segment.backfill, segment.backfill.sql)
                if hidden:
                    yield hidden

    def _refuse_purged(self, needed: list[Preflight]) -> None:
        if needed and (gone := list(missing(self.run.connection, needed, self.run.ledger.purged()))):
            raise PreflightRefused(
                f"plan {self.run.plan_file.name} cannot be rolled back, so nothing was run: the archive was purged "
                f"of what it needs:\n{_listed(gone)}\nto have the structure again, declare it in the desired files "
                "and make a new plan; rows and values are in backups only"
            )

    def _problems(self, preflights: Iterable[Preflight], *, resumed: bool) -> Iterator[str]:
        for preflight in preflights:
            found = self._found(preflight, resumed=resumed)
            if found is not None and found.count:
                words = f"{found.object}: {in_words(found)}:\n{_indented(found.rows.strip())}"
                yield f"{words}\n    ({found.problem.way_out})" if self.run.direction is Direction.UP else words

    def _found(self, preflight: Preflight, *, resumed: bool) -> Finding | None:
        try:
            found = ask(self.run.connection, preflight, _TIMEOUT)
        except _GONE as error:
            if resumed:
                return None
            raise _failed(error, preflight) from error
        except psycopg.Error as error:
            raise _failed(error, preflight) from error
        if found is not None and found.unanswered:
            if found.unanswered is Unanswered.ROW_SECURITY:
                raise PreflightRefused(
                    f"the preflight of {preflight.object} cannot be answered: {found.why}: run as a role "
                    "with BYPASSRLS, or as the table's owner where row security is not forced"
                )
            if preflight.rows in self._found_before:
                raise PreflightRefused(
                    f"rows of {preflight.object} were in the way when plan {self.run.plan_file.name} was made, and "
                    f"whether they still are cannot be told: {found.why}: fix that or them, and make the plan again"
                )
            self.run.progress(PreflightUnanswered(preflight.object, str(preflight.problem), found.why))
        return found


def _listed(problems: Iterable[str]) -> str:
    return "\n".join(f"  {problem}" for problem in problems)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _failed(error: psycopg.Error, preflight: Preflight) -> Exception:
    return ExecutionError(
        f"the preflight of {preflight.object} fails: {kind_of_error(error)}\n{shown(preflight.rows)}\n"
        "now: no statement of the plan was run for it\nnext: fix the cause, or make the plan again"
    )
