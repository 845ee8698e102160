"""One operation on one object: what a plan is made of before any SQL is written."""

from enum import StrEnum
from typing import NamedTuple

from schemadiff.catalog.identity import Identity


class Operation(StrEnum):
    """What happens to an object."""

    DROP = "drop"
    RELEASE = "release"
    ALTER = "alter"
    CREATE = "create"
    RESTORE = "restore"


class Act(NamedTuple):
    """One operation on one object: a node of the graph."""

    operation: Operation
    identity: Identity

    def __str__(self) -> str:
        return f"{self.operation} {self.identity}"
