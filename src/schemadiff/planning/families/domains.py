"""Domains that allow less than before."""

from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.domain_constraint import DomainConstraint
from schemadiff.difference.diff import Change
from schemadiff.planning.work.work import Work


def held_inside(work: Work) -> Iterator[Identity]:
    """Domains that Postgres refuses to check, since columns hold their values inside arrays or rows."""
    for domain in sorted({found for change in work.changes.values() if (found := _tightened(change)) is not None}):
        before, after = work.live.get(domain), work.desired.get(domain)
        if domain in work.drops or not isinstance(before, Domain) or not isinstance(after, Domain):
            continue
        if before.held_inside or after.held_inside:
            yield domain


def _tightened(change: Change) -> Identity | None:
    """The domain whose values are checked by what the change makes, and were not before."""
    if isinstance(change.after, DomainConstraint):
        return change.after.within() if change.after.validated else None
    if isinstance(change.after, Domain) and isinstance(change.before, Domain):
        return change.after.id if change.after.not_null and not change.before.not_null else None
    return None
