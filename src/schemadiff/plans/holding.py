"""What is kept in an object of each kind beside its definition."""

from schemadiff.catalog.identity import Identity

_HELD = {
    "table": "rows",
    "materialized view": "rows",
    "column": "values",
    "sequence": "last value",
}


def if_renamed(old: Identity) -> str:
    """What becomes of the data in an object that bears another name afterwards."""
    return f"its {held} stay" if (held := _held(old)) else "nothing is stored in it; what is granted on it stays"


def if_another(old: Identity) -> str:
    """What becomes of the data in an object that goes, while another one comes."""
    held = _held(old)
    if not held:
        return "nothing is stored in it; what is granted on it goes with it"
    return f"its {held} go to the archive, or for good with --archive none, and the new one begins without"


def _held(old: Identity) -> str | None:
    return _HELD.get(old.kind)
