"""Preflights of a script that begins with renames: what speaks of a new name waits for it."""

from collections.abc import Iterable
from dataclasses import replace

from schemadiff.catalog.statements.statement import Preflight
from schemadiff.planning.renames.policy import Rename


def after_renames(preflights: Iterable[Preflight], renames: Iterable[Rename]) -> tuple[Preflight, ...]:
    """The preflights, of which those that read a renamed object wait."""
    renamed = {rename.new for rename in renames}
    return tuple(
        replace(preflight, waits=preflight.waits or not renamed.isdisjoint(preflight.reads)) for preflight in preflights
    )
