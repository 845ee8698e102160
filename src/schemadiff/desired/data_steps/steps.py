"""Data steps of a schema: backfills and checks."""

import re
from dataclasses import dataclass, field

from schemadiff.catalog.fingerprint import KEPT_APART
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.desired.data_steps.batch import EVERY_ROW, with_batch

_COLUMN = re.compile(r'"(?:[^"]|"")+"|[^",\s]+')


@dataclass(frozen=True, slots=True)
class Backfill:
    """A data step that runs once, in batches along the key of one table.

    `sql` is one UPDATE, INSERT or DELETE with `:batch` where a condition on the key goes;
    `key` are the quoted columns (unique together, not null) that the batches follow; `columns` are those of the
    table that an UPDATE of it sets. `deletes` and `inserts` say whether it does so anywhere. `writes` are other tables
    into which it writes, as it names them; `upserts` tells whether it leans on a unique key (ON CONFLICT).
    """

    name: str
    sql: Sql
    table: Sql
    key: Sql
    batch_size: int
    sha256: str
    """Of the SQL and its settings: a changed backfill is another one."""
    columns: tuple[Quoted, ...] = ()
    deletes: bool = False
    inserts: bool = False
    writes: tuple[Quoted, ...] = ()
    upserts: bool = False
    adapts: bool = False
    """Whether batches become larger than `batch_size` where they are quick."""
    pause: float = 0.0
    """Seconds between two batches."""
    made: bool = False
    """Whether a plan has it for a form of its own: what an earlier plan did of it does not count."""

    @property
    def keys(self) -> tuple[Quoted, ...]:
        """The columns of the key."""
        return tuple(map(Quoted, _COLUMN.findall(self.key)))

    def where(self, condition: str) -> Sql:
        """The statement for the rows of which `condition` is true."""
        return with_batch(self.sql, condition)

    def whole(self) -> Sql:
        """The statement for all rows at once."""
        return self.where(EVERY_ROW)


@dataclass(frozen=True, slots=True)
class Check:
    """A query that must hold after the migration.

    Each row it returns needs a column `ok` that is true; with `raises` it must fail with that SQLSTATE.
    """

    name: str
    sql: Sql
    raises: str | None = None
    place: str = field(default="", compare=False, repr=False, metadata=KEPT_APART)
    """Where it stands in the files."""
