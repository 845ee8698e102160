"""From what kinds say about rows in the way to preflights: queries that are valid on live as it will be."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Reason, ReasonKind
from schemadiff.catalog.statements.questions import Listing, Question, Trial, Unasked
from schemadiff.catalog.statements.statement import Preflight, PreflightKind, Statement
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.preflights.columns import converted, filled
from schemadiff.planning.preflights.domains import in_columns
from schemadiff.planning.preflights.fills import Fills
from schemadiff.planning.preflights.partitions import asked_of_partitions, joined_later
from schemadiff.planning.preflights.reading import changing, read_by
from schemadiff.planning.preflights.tables import Tables, without_rows
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import Segment

Written = Sequence[Sequence[tuple[Act, Statement]]]
"""The acts of each step, with what is to be known of its statement."""

INSTEAD: tuple[Callable[[Question, Act, Work], Iterable[Question] | None], ...] = (
    # First: a domain is no table, and its columns are chosen with an eye for their tables.
    in_columns,
    # Where there are no rows, or others answer for them, nothing else matters.
    without_rows,
    asked_of_partitions,
    converted,
    filled,
    joined_later,
)
"""What is asked instead of what a kind asks: the first answer that is not None."""


@dataclass(frozen=True)
class RowQuestions:
    """Knows which rows are there to be asked about, and what changes before they are."""

    work: Work
    fills: Fills

    def with_queries(self, act: Act, statement: Statement) -> Statement:
        """The statement with those of its questions to which live has rows, each with a query.

        Where none is left, no row can make it fail.
        """
        if not statement.questions:
            return statement
        questions = tuple(question for asked in statement.questions for question in self._asked(act, asked))
        hazards = tuple(hazard for hazard in statement.hazards if questions or hazard is not Hazard.MAY_FAIL_ON_DATA)
        return replace(statement, questions=questions, hazards=hazards)

    def preflights(self, written: Written, segments: Sequence[Segment], joined: Graph) -> Iterator[Preflight]:
        """What to ask before the statements, which stand in `segments` in their order."""
        numbers = [number for number, segment in enumerate(segments) for _ in segment.steps]
        places = _places(written, numbers, joined)
        for act, statement, number in _numbered(written, numbers):
            for asked in statement.preflights:
                reads = _all_needed([act.identity], self.work.desired)
                yield replace(asked, statement=statement.sql, reads=reads)
            for question in statement.questions:
                yield self._preflight(act, statement, question, number, places)

    def _asked(self, act: Act, asked: Question) -> Iterable[Question]:
        for instead in INSTEAD:
            questions = instead(asked, act, self.work)
            if questions is not None:
                return questions
        return (asked,)

    @cached_property
    def _tables(self) -> Tables:
        return Tables(self.work.live)

    def _preflight(
        self, act: Act, statement: Statement, question: Question, number: int, places: dict[Identity, int]
    ) -> Preflight:
        changed = sorted(changing(act, question, self.work))
        late = [other for other in changed if places.get(other, 0) >= number]
        why = question.why if isinstance(question, Unasked) else None
        if late and why is None:
            why = Reason(ReasonKind.CHANGED_WITH_IT, str(late[0]))
        if why is None and not question.own_rows and question.table in self._tables.over_foreign:
            why = Reason(ReasonKind.FOREIGN_CHILDREN)
        preflight = Preflight(question.object, question.problem, Sql(""), statement.sql, question.tables)
        if why is not None or not isinstance(question, Listing):
            return replace(preflight, kind=PreflightKind.UNASKED, why=why)
        return replace(
            preflight,
            rows=question.query(self._tables.keys.get(question.table, ()), self._tables.source(question)),
            waits=bool(changed) or self.fills.answers(question),
            kind=PreflightKind.TRIAL if isinstance(question, Trial) else PreflightKind.LISTING,
            reads=self._reads(act, question),
        )

    def _reads(self, act: Act, question: Question) -> frozenset[Identity]:
        tables = self._tables.read_by(question)
        return _all_needed([act.identity, *tables, *read_by(act, question, self.work)], self.work.desired)


def _places(written: Written, numbers: Sequence[int], joined: Graph) -> dict[Identity, int]:
    """The last segment in which each object is created or changed."""
    places: dict[Identity, int] = defaultdict(int)

    def note(act: Act, number: int) -> None:
        if act.operation is not Operation.DROP:
            places[act.identity] = max(number, places[act.identity])
        for part in joined.parts.get(act, ()):
            note(part, number)

    for act, _, number in _numbered(written, numbers):
        note(act, number)
    return places


def _numbered(written: Written, numbers: Sequence[int]) -> Iterator[tuple[Act, Statement, int]]:
    for each, number in zip(written, numbers, strict=True):
        yield from ((act, statement, number) for act, statement in each)


def _all_needed(identities: Iterable[Identity], catalog: Catalog) -> frozenset[Identity]:
    """The objects, what these need, and so on: all that a query on them may name."""
    needed: set[Identity] = set()
    waiting = list(identities)
    while waiting:
        identity = waiting.pop()
        if identity not in needed:
            needed.add(identity)
            waiting += catalog.dependencies.needs[identity] if identity in catalog else ()
    return frozenset(needed)
