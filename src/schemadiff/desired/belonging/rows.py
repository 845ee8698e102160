"""Of which rows of the platform's tables the files declare any: no others are compared."""

from schemadiff.desired.files import Desired
from schemadiff.desired.reading.declared_rows import row_declared


def kinds_of_rows(desired: Desired) -> frozenset[str]:
    """The kinds of rows that the files declare."""
    found = (row_declared(one.tag, one.tree) for one in desired.statements if one.tag in ("InsertStmt", "SelectStmt"))
    return frozenset(each[0] for each in found if each is not None)
