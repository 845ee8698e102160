"""What the ledger tells beside its runs: notes on them, and the plans that they had."""

from dataclasses import dataclass

MARKED = "marked"
"""Another tool ran the script of the run; live was found to be what it leads to."""

MIGRATED = "migrated"
"""The run is recorded for the Supabase CLI, too, under the versions that the words name."""

UNRELATED = "unrelated"
"""Something of live was otherwise than the plan expected, and has nothing to do with it."""


@dataclass(frozen=True, slots=True)
class RunNote:
    """What there is to say of a run; `kind` is a word for programs."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class KeptTexts:
    """The digest of a plan when it ran, and the texts of its files; no plan.json in a ledger of an older version."""

    approval: str
    up_sql: str
    down_sql: str
    plan_json: str | None
