"""Which statements commit together."""

from collections.abc import Iterable

from schemadiff.catalog.statements.statement import Phase, Statement
from schemadiff.plans.model import Segment, Step


def segments(written: Iterable[tuple[Statement, Step]], *, apart: bool = False) -> tuple[Segment, ...]:
    """Join neighbours into transactions as far as Postgres and lock times allow.

    A concurrent build stands alone, a validation never shares a transaction with what it validates, and what
    uses a new enum value comes after the value has committed. With `apart`, statements that ask for it share
    a transaction only with each other.
    """
    made: list[Segment] = []
    current: list[Step] = []
    phase = Phase.MAIN
    standing_apart = False

    def close() -> None:
        if current:
            made.append(Segment(tuple(current)))
            current.clear()

    for statement, step in written:
        if not statement.transactional:
            close()
            made.append(Segment((step,), transactional=False))
            continue
        if statement.phase is not phase and Phase.VALIDATE in (statement.phase, phase):
            close()
        if apart and statement.apart is not standing_apart:
            close()
        phase, standing_apart = statement.phase, statement.apart
        current.append(step)
        if statement.commit_before_use:
            close()
    close()
    return tuple(made)
