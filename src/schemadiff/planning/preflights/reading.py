"""Which objects a query reads, and which of them a plan changes under it.

Constraints, indexes and inheritance change no answer; functions, procedures, aggregates, operators, casts and
extensions answer otherwise, or to another name, however they are altered. An enum's new label can be named only
when it is there.
"""

from collections.abc import Iterable, Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.aggregate import Aggregate
from schemadiff.catalog.kinds.cast import Cast
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.enum import EnumType
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.operator import Operator
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.sql import Sql, literal
from schemadiff.catalog.statements.questions import Listing, Question
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work

_NOT_READ = (Constraint.KIND, Index.KIND, Inheritance.KIND)

_ANSWERING = (Function.KIND, Procedure.KIND, Aggregate.KIND, Operator.KIND, Cast.KIND, Extension.KIND)


def read_by(act: Act, asked: Question, work: Work) -> Iterable[Identity]:
    """What the question's query leans on beside the rows of its table as they are before the plan."""
    return work.desired.dependencies.needs[act.identity] if asked.reads is None else asked.reads


def changing(act: Act, asked: Question, work: Work) -> Iterator[Identity]:
    """What the query reads that the plan creates or changes."""
    for other in read_by(act, asked, work):
        own = other == act.identity or other.kind in _NOT_READ or other.name == asked.table
        if not own and answers_otherwise(other, work):
            yield other
    yield from _named_by_new_labels(asked, work)


def answers_otherwise(identity: Identity, work: Work) -> bool:
    """Whether the object answers otherwise after the plan than before."""
    altered = identity in work.alters and (work.alters[identity].rebuilds or identity.kind in _ANSWERING)
    return identity in work.creates or identity in work.releases or altered


def _named_by_new_labels(asked: Question, work: Work) -> Iterator[Identity]:
    """Enums of which the query may name a label that they only get by the plan: it names the type and has the word."""
    text = asked.query((), Sql("")) if isinstance(asked, Listing) else ""
    for identity, change in work.alters.items():
        before, after = change.before, change.after
        if not isinstance(before, EnumType) or not isinstance(after, EnumType) or f"::{identity.name}" not in text:
            continue
        new = (literal(label)[1:-1] for label in after.labels if label not in before.labels)
        if any(label in text for label in new):
            yield identity
