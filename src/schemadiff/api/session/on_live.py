"""What planning asks of live beside its objects: its ledger, and how large its tables are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from schemadiff.api.session.seeds import seeds
from schemadiff.api.snapshots.snapshot import Snapshot
from schemadiff.catalog.reading.loads import TableLoad, read_loads
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.connection import Connection
from schemadiff.execution.gates.rows.asking import findings
from schemadiff.notes import Note
from schemadiff.plans.finding import Finding
from schemadiff.plans.model import Script


class OnLive(Protocol):
    """Where answers about live come from."""

    def unfinished(self) -> str | None:
        """Which run is half done, in words with the way out."""

    def finished_backfills(self) -> frozenset[tuple[str, str]]:
        """The backfills that are done, by name and digest."""

    def loads(self, tables: Iterable[str]) -> tuple[TableLoad, ...]:
        """How large and busy these tables are."""

    def findings(self, preflights: Iterable[Preflight], timeout: str) -> tuple[Finding, ...]:
        """The rows in the way."""

    def notes(self, up: Script) -> Iterator[Note]:
        """What a reader of the plan must know about its rows."""


@dataclass(frozen=True, slots=True)
class OnDatabase:
    """Live itself; `applying` is the role that applies plans, where another one asks."""

    connection: Connection
    applying: str | None = None

    def unfinished(self) -> str | None:
        """Which run is half done, in words with the way out. Errors: LedgerUnreadable."""
        from schemadiff.execution.gates.unfinished import in_words, unfinished_run  # SQLAlchemy: long to import

        run = unfinished_run(self.connection, self.applying)
        return None if run is None else in_words(run)

    def finished_backfills(self) -> frozenset[tuple[str, str]]:
        """The backfills that are done, by name and digest."""
        from schemadiff.execution.record.ledger import finished_backfills  # SQLAlchemy: long to import, late to need

        return finished_backfills(self.connection, self.applying)

    def loads(self, tables: Iterable[str]) -> tuple[TableLoad, ...]:
        """How large and busy these tables are."""
        return read_loads(self.connection, tables)

    def findings(self, preflights: Iterable[Preflight], timeout: str) -> tuple[Finding, ...]:
        """The rows in the way, as far as each query ends in time."""
        return tuple(findings(self.connection, preflights, timeout))

    def notes(self, up: Script) -> Iterator[Note]:
        """Backfills that will find nothing to do."""
        return seeds(self.connection, up)


@dataclass(frozen=True, slots=True)
class OnSnapshot:
    """What a snapshot remembers of live; questions about rows are left to `apply`."""

    snapshot: Snapshot

    def unfinished(self) -> str | None:
        """Which run was half done."""
        return self.snapshot.unfinished

    def finished_backfills(self) -> frozenset[tuple[str, str]]:
        """The backfills that were done."""
        return self.snapshot.done

    def loads(self, tables: Iterable[str]) -> tuple[TableLoad, ...]:
        """How large and busy these tables were."""
        wanted = set(tables)
        return tuple(load for load in self.snapshot.loads if load.table in wanted)

    def findings(self, preflights: Iterable[Preflight], timeout: str) -> tuple[Finding, ...]:
        """Nothing: nobody knows the rows."""
        return ()

    def notes(self, up: Script) -> Iterator[Note]:
        """That it is a snapshot, and of when."""
        yield self.snapshot.note
