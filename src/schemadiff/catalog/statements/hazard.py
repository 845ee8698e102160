"""What can go wrong when a statement runs on a database in use: a vocabulary with one consequence each."""

from enum import StrEnum


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
    NARROWS_ACCESS = "narrows-access"
    BREAKS_CLIENTS = "breaks-clients"
    HIDES_ROWS = "hides-rows"
    EXTENSION_UPGRADE = "extension-upgrade"

    @property
    def consequence(self) -> str:
        """One sentence on what happens to a database in use."""
        return _CONSEQUENCES[self]

    @property
    def needs_rows(self) -> bool:
        """Whether the risk is only there where the table holds rows or is in use."""
        return self in (
            Hazard.TABLE_REWRITE,
            Hazard.BLOCKS_WRITES,
            Hazard.BLOCKS_READS,
            Hazard.LONG_SCAN,
            Hazard.MAY_FAIL_ON_DATA,
        )

    @property
    def needs_allowing(self) -> bool:
        """Whether a plan with this hazard is refused unless `--allow` names it."""
        return self in (Hazard.DATA_LOSS, Hazard.IRREVERSIBLE)


_CONSEQUENCES = {
    Hazard.DATA_LOSS: "Rows or values that stand in the database are gone afterwards.",
    Hazard.IRREVERSIBLE: "The rollback cannot bring back the state before.",
    Hazard.TABLE_REWRITE: "Every row is written anew while nobody can read or write the table.",
    Hazard.BLOCKS_WRITES: "Writes to the table wait until the statement's transaction ends.",
    Hazard.BLOCKS_READS: "Reads and writes of the table wait until the statement's transaction ends.",
    Hazard.LONG_SCAN: "The whole table is read once, which takes time on a large table.",
    Hazard.MAY_FAIL_ON_DATA: "The statement fails if rows in the table contradict it.",
    Hazard.WIDENS_ACCESS: "Roles can read or change more than before.",
    Hazard.NARROWS_ACCESS: "Roles can read or change less than before.",
    Hazard.BREAKS_CLIENTS: "Clients that use the old name, type or signature fail.",
    Hazard.HIDES_ROWS: "Queries on the parent table no longer see the rows, which stay where they are.",
    Hazard.EXTENSION_UPGRADE: "The extension's own objects change with its version.",
}
