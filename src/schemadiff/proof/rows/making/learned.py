"""What refused rows teach about the next ones."""

from dataclasses import dataclass, field

import psycopg

from schemadiff.catalog.sql import unquoted
from schemadiff.proof.rows.shape import TableShape


@dataclass
class Learned:
    """What refused rows say about a table: which columns refuse NULL, and which conditions are hard.

    `tries` counts for each hard condition how many combinations of its columns' values have been tried.
    """

    never_null: set[int] = field(default_factory=set)
    tries: dict[int, int] = field(default_factory=dict)


def learn(error: psycopg.Error, table: TableShape, learned: Learned) -> None:
    """Remember what a refusal says about the next attempts."""
    named = error.diag.constraint_name
    if isinstance(error, psycopg.errors.NotNullViolation):
        column = error.diag.column_name
        numbers = [
            number
            for number, one in table.columns.items()
            if (unquoted(one.name) == column if column else not one.not_null)
        ]
        learned.never_null.update(numbers)
    elif isinstance(error, psycopg.errors.CheckViolation):
        for place, condition in enumerate(table.conditions):
            if condition.name == named:
                learned.tries[place] = learned.tries.get(place, -1) + 1
    else:
        for place in learned.tries:
            learned.tries[place] += 1
