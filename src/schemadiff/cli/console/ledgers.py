"""What the ledgers of schemadiff and of the Supabase CLI do not agree on, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemadiff.api import Ledgers


def told_of_ledgers(ledgers: "Ledgers") -> Iterator[str]:
    """A line for each disagreement, and the next step."""
    if ledgers.lost:
        yield (
            "the ledger of schemadiff is gone, as `supabase db reset` drops it and the archive: "
            "plans that were run again lose nothing but the rows that their rollbacks would have brought back"
        )
    for name in ledgers.run_by_cli:
        yield f"run by the Supabase CLI: {name}"
    for name in ledgers.unrecorded:
        yield f"not known to the Supabase CLI, which would run it again: {name}"
    for one in ledgers.without_file:
        yield f"in the database's list of migrations, but no file here: {one.version}_{one.name}"
    for file in ledgers.files:
        yield f"a file of the Supabase CLI that this database has not had: {file}"
    if not ledgers.agree:
        yield "files and both ledgers are brought together by: schemadiff adopt"
