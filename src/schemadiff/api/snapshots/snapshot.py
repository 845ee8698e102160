"""What a snapshot of live holds, and where it fits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from schemadiff.api.snapshots.answers import Answering, Answers
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.versions import in_words, major
from schemadiff.connection import Connection
from schemadiff.errors import SnapshotUnfit
from schemadiff.notes import Note, NoteKind


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Live without its rows: the objects in scope, what stands around them, and what its ledger says.

    `target` is live's connection string without its password; `unfinished` says which run is half done there, `done`
    are the backfills that need not run again, by name and digest; `role` applies plans.
    """

    taken_at: datetime
    target: str
    role: str
    catalog: Catalog
    answers: Answers
    loads: tuple[TableLoad, ...]
    unfinished: str | None
    done: frozenset[tuple[str, str]]

    @property
    def session(self) -> Connection:
        """A session that answers as live did."""
        return Answering(self.answers, self.catalog.server_version)

    @property
    def note(self) -> Note:
        """What a reader of a plan must know that was made from it."""
        return Note.of(NoteKind.FROM_SNAPSHOT, f"{self.taken_at:%Y-%m-%d %H:%M} UTC")

    def within(self, scope: Scope, role: str) -> Catalog:
        """What live holds within a scope. Errors: SnapshotUnfit where the snapshot was taken for another one."""
        mine = self.catalog.scope
        if role != self.role:
            raise SnapshotUnfit(
                f"the snapshot was taken for plans that {self.role} applies, not {role}: take it with the same "
                "--as-role"
            )
        if scope == mine:
            return self.catalog
        if replace(scope, exclude=mine.exclude) != mine or not set(mine.exclude) <= set(scope.exclude):
            raise SnapshotUnfit(
                "the snapshot was taken of another part of the database: profile, include, exclude or --roles of the "
                "project were others then; take it again with these settings"
            )
        return _narrowed(self.catalog, scope)

    def refuse_older(self, known_to: int) -> None:
        """Errors: SnapshotUnfit where live's server is newer than another one that is to speak in its words."""
        live = self.catalog.server_version
        if major(known_to) < major(live):
            raise SnapshotUnfit(
                f"the snapshot is of {in_words(live)}, and compared with {in_words(known_to)}: install "
                f"{in_words(live)} for the scratch server, or name its bin folder with --scratch-binaries"
            )


def _narrowed(catalog: Catalog, scope: Scope) -> Catalog:
    """The catalog without what a narrower scope leaves out, and what belongs to that."""
    gone = {
        Identity(kind, Quoted(name))
        for kind, rows in catalog.rows.items()
        for name in rows
        if not scope.holds(kind, name)
    }
    kept = [built.id for built in catalog if built.id not in gone and not gone & set(_around(built.id, catalog))]
    return replace(catalog.restricted(set(kept)), scope=scope)


def _around(identity: Identity, catalog: Catalog) -> Iterable[Identity]:
    """What an object belongs to, from the inside out."""
    built = catalog.get(identity)
    while built is not None and (holder := built.within()) is not None:
        yield holder
        built = catalog.get(holder)
