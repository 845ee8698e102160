"""What can go wrong when a statement runs on a database in use: a vocabulary, and one table of what each means."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class RiskLevel(IntEnum):
    """How carefully a script wants to be read, by the worst hazard in it."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


class Hazard(StrEnum):
    """A risk that a statement carries; the value is the word used with `--allow` and in plans."""

    DATA_LOSS = "data-loss"
    IRREVERSIBLE = "irreversible"
    TABLE_REWRITE = "table-rewrite"
    BLOCKS_WRITES = "blocks-writes"
    BLOCKS_READS = "blocks-reads"
    LONG_SCAN = "long-scan"
    MAY_FAIL_ON_DATA = "may-fail-on-data"
    WIDENS_ACCESS = "widens-access"
    EXPOSES_DATA = "exposes-data"
    NARROWS_ACCESS = "narrows-access"
    BREAKS_CLIENTS = "breaks-clients"
    HIDES_ROWS = "hides-rows"
    SWITCHES_OFF = "switches-off"
    UNHOOKS_PLATFORM = "unhooks-platform"
    EXTENSION_UPGRADE = "extension-upgrade"
    GAP = "gap"
    INVALID_BODY = "invalid-body"

    @property
    def consequence(self) -> str:
        """One sentence on what happens to a database in use."""
        return _MEANINGS[self].consequence

    @property
    def level(self) -> RiskLevel:
        """How risky a script with this hazard is."""
        return _MEANINGS[self].level

    @property
    def needs_allowing(self) -> bool:
        """Whether a plan with this hazard is refused unless `--allow` names it."""
        return _MEANINGS[self].needs_allowing

    @property
    def needs_rows(self) -> bool:
        """Whether the risk is only there where the table holds rows or is in use."""
        return _MEANINGS[self].needs_rows

    @property
    def asks_others(self) -> bool:
        """Whether the risk is also there where only another table has rows: the one that a foreign key points at."""
        return _MEANINGS[self].asks_others

    @property
    def undone(self) -> bool:
        """Whether the risk is gone where what is dropped comes back as it was in the same transaction."""
        return _MEANINGS[self].undone or self.undone_by_replacing

    @property
    def undone_by_replacing(self) -> bool:
        """Whether it is gone even where what comes back is not what was dropped."""
        return _MEANINGS[self].undone_by_replacing

    @property
    def measured(self) -> bool:
        """Whether a rehearsal sees it."""
        return _MEANINGS[self].measured


@dataclass(frozen=True, slots=True)
class Risk:
    """A hazard of a statement, and the name of the rule that set it: `column.type`, `table.drop`.

    `why` says what it amounts to in this plan, where the statement alone does not.
    """

    hazard: Hazard
    rule: str
    why: str = ""


def rule(kind: str, cause: str) -> str:
    """The name of the rule by which `cause`, an operation or a field, sets hazards of objects of a kind."""
    return f"{kind}.{cause}".replace(" ", "-").replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    """What Hazard says about one of them."""

    consequence: str
    level: RiskLevel = RiskLevel.MEDIUM
    needs_allowing: bool = False
    needs_rows: bool = False
    asks_others: bool = False
    measured: bool = False
    undone: bool = False
    undone_by_replacing: bool = False


_MEANINGS = {
    Hazard.DATA_LOSS: _Meaning(
        consequence="Rows or values that stand in the database are gone afterwards.",
        level=RiskLevel.HIGH,
        needs_allowing=True,
    ),
    Hazard.IRREVERSIBLE: _Meaning(
        consequence="The rollback cannot bring back the state before.",
        level=RiskLevel.HIGH,
        needs_allowing=True,
    ),
    Hazard.TABLE_REWRITE: _Meaning(
        consequence="Every row is rewritten while nobody can read or write the table.",
        needs_rows=True,
        measured=True,
    ),
    Hazard.BLOCKS_WRITES: _Meaning(
        consequence="Writes to the table wait until the statement's transaction ends.",
        needs_rows=True,
        measured=True,
    ),
    Hazard.BLOCKS_READS: _Meaning(
        consequence="Reads and writes of the table wait until the statement's transaction ends.",
        needs_rows=True,
        measured=True,
    ),
    Hazard.LONG_SCAN: _Meaning(
        consequence="The whole table is read once, which takes time on a large table.",
        level=RiskLevel.LOW,
        needs_rows=True,
        asks_others=True,
        measured=True,
    ),
    Hazard.MAY_FAIL_ON_DATA: _Meaning(
        consequence="The statement fails if rows in the table contradict it.",
        needs_rows=True,
        asks_others=True,
    ),
    Hazard.WIDENS_ACCESS: _Meaning(consequence="Roles can read or change more than before.", undone=True),
    Hazard.EXPOSES_DATA: _Meaning(
        consequence="Everybody, or everybody on the internet who has the API's key, reaches data that they did not.",
        level=RiskLevel.HIGH,
        needs_allowing=True,
    ),
    Hazard.NARROWS_ACCESS: _Meaning(
        consequence="Roles can read or change less than before.",
        level=RiskLevel.LOW,
        undone=True,
    ),
    Hazard.BREAKS_CLIENTS: _Meaning(
        consequence="Clients that use the old name, type or signature fail.",
        undone=True,
    ),
    Hazard.HIDES_ROWS: _Meaning(
        consequence="Queries on the parent table no longer see the rows, which stay where they are.",
    ),
    Hazard.SWITCHES_OFF: _Meaning(
        consequence="What the database did by itself, at each change of a row or by the clock, it does no more.",
        undone_by_replacing=True,
    ),
    Hazard.UNHOOKS_PLATFORM: _Meaning(
        consequence="What ties the project to the platform is off: sign-ups, uploads or realtime go on without it.",
        level=RiskLevel.HIGH,
        needs_allowing=True,
        undone_by_replacing=True,
    ),
    Hazard.EXTENSION_UPGRADE: _Meaning(consequence="The extension's own objects change with its version."),
    Hazard.GAP: _Meaning(
        consequence="The object is gone between two commits, and comes back with a later segment.",
        needs_allowing=True,
    ),
    Hazard.INVALID_BODY: _Meaning(
        consequence="The routine fails whenever it is called, since its body cannot run.",
        needs_allowing=True,
    ),
}
