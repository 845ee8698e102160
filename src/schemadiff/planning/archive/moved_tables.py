"""Tables that are moved to the archive as they are."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.inherited import inherited_from
from schemadiff.catalog.kinds import RANK
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.work.act import Act
from schemadiff.planning.writing.writing import Writing


def left_behind(act: Act, writing: Writing) -> Iterator[Statement]:
    """What does not go along with a moved table is dropped."""
    parts = {part.identity for part in writing.with_parts(act)} - writing.saving.moves.keys()
    left = parts - writing.saving.movers.keys()
    for identity in sorted(left, key=lambda identity: (-RANK[identity.kind], identity)):
        built = writing.work.live[identity]
        covered = writing.work.live.dependencies.falls_with.get(identity, set()) | {inherited_from(built)}
        if isinstance(built, Privilege) or not (built.SATELLITE or covered & left):
            yield from (replace(made, summary=made.summary or f"drop {identity}") for made in built.drop())
