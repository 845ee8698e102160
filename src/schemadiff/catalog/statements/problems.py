"""What is wrong with rows that are in the way of a statement, and why some cannot be asked about: kinds, with words.

Decisions are taken from the kinds; the words are for people alone and stand in two tables.
"""

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """What rows can be in the way for."""

    NULL = "null"
    NULL_IN_NEW_COLUMN = "null-in-new-column"
    NULL_IN_DOMAIN = "null-in-domain"
    CHECK = "check"
    DOMAIN_CHECK = "domain-check"
    DUPLICATE = "duplicate"
    EXCLUSION = "exclusion"
    ORPHAN = "orphan"
    ORPHAN_OR_HALF_EMPTY = "orphan-or-half-empty"
    CONVERSION = "conversion"
    CONVERSION_BY_TEXT = "conversion-by-text"
    NEW_VALUE = "new-value"
    TOO_MANY = "too-many"
    NOT_COMPUTABLE = "not-computable"
    OUTSIDE_OF_PARTITION = "outside-of-partition"
    OF_NEW_PARTITION = "of-new-partition"
    UNTOLD = "untold"
    SEQUENCE_BEYOND = "sequence-beyond"
    ROLE_IN_USE = "role-in-use"
    PURGED = "purged"
    ORPHAN_SINCE = "orphan-since"
    ORPHAN_OF_RESTORED = "orphan-of-restored"
    INSERTED_SINCE = "inserted-since"

    @property
    def demands(self) -> bool:
        """Whether the statement in whose way the rows are only demands something of them, and changes nothing."""
        return self in _DEMANDING


ON_UNIQUENESS = frozenset({ProblemKind.DUPLICATE, ProblemKind.EXCLUSION})
"""Of keys and exclusions."""

_DEMANDING = ON_UNIQUENESS | {
    ProblemKind.NULL,
    ProblemKind.NULL_IN_DOMAIN,
    ProblemKind.CHECK,
    ProblemKind.DOMAIN_CHECK,
    ProblemKind.ORPHAN,
    ProblemKind.ORPHAN_OR_HALF_EMPTY,
    ProblemKind.NOT_COMPUTABLE,
}


_PROBLEMS = {
    ProblemKind.NULL: ("have no {0}", "has no {0}"),
    ProblemKind.NULL_IN_NEW_COLUMN: ("would have no {0}",),
    ProblemKind.NULL_IN_DOMAIN: ("have no value", "has no value"),
    ProblemKind.CHECK: ("do not satisfy {0}", "does not satisfy {0}"),
    ProblemKind.DOMAIN_CHECK: ("hold a value against {0}", "holds a value against {0}"),
    ProblemKind.DUPLICATE: ("share ({0}) with another row", "shares ({0}) with another row"),
    ProblemKind.EXCLUSION: ("conflict with another row over ({0})", "conflicts with another row over ({0})"),
    ProblemKind.ORPHAN: ("point at no row of {0}", "points at no row of {0}"),
    ProblemKind.ORPHAN_OR_HALF_EMPTY: (
        "point at no row of {0} or leave ({1}) half empty",
        "points at no row of {0} or leaves ({1}) half empty",
    ),
    ProblemKind.CONVERSION: ("hold a value that does not become {0}", "holds a value that does not become {0}"),
    ProblemKind.CONVERSION_BY_TEXT: (
        "hold a value that does not become {0} by way of its text, as there is no cast (say how with -- @using)",
        "holds a value that does not become {0} by way of its text, as there is no cast (say how with -- @using)",
    ),
    ProblemKind.NEW_VALUE: ("would get a value that {0} does not take",),
    ProblemKind.TOO_MANY: ("are more than the {0} that {1} has numbers for", "is more than {1} has numbers for"),
    ProblemKind.NOT_COMPUTABLE: (
        "hold values for which the index cannot be computed",
        "holds values for which the index cannot be computed",
    ),
    ProblemKind.OUTSIDE_OF_PARTITION: ("lie outside of {0} of {1}", "lies outside of {0} of {1}"),
    ProblemKind.OF_NEW_PARTITION: ("belong in the new partition {0}", "belongs in the new partition {0}"),
    ProblemKind.UNTOLD: ("",),
    ProblemKind.SEQUENCE_BEYOND: (
        "say that it has counted beyond its new bounds, {0} to {1}",
        "says that it has counted beyond its new bounds, {0} to {1}",
    ),
    ProblemKind.ROLE_IN_USE: (
        "name other databases in which the role owns or may use objects, so that it cannot be dropped",
        "names another database in which the role owns or may use objects, so that it cannot be dropped",
    ),
    ProblemKind.PURGED: ("are missing, since the archive was purged", "is missing, since the archive was purged"),
    ProblemKind.ORPHAN_SINCE: (
        "point at rows of {0} that were deleted since",
        "points at a row of {0} that was deleted since",
    ),
    ProblemKind.ORPHAN_OF_RESTORED: (
        "point at rows of {0} that are not there",
        "points at a row of {0} that is not there",
    ),
    ProblemKind.INSERTED_SINCE: (
        "were inserted since {0} was dropped, and have none to go back to",
        "was inserted since {0} was dropped, and has none to go back to",
    ),
}
"""Words that follow a number of rows, and those that follow a single one where they are others."""


_BACKFILL = "a backfill beside it (-- @backfill table=... key=..., in a folder backfills)"
_MENDED_BY_BACKFILL = f"fix these rows first, or have it done by {_BACKFILL}: the statement stands behind that then"
_WAYS_OUT = {
    ProblemKind.NULL_IN_NEW_COLUMN: f"give {{0}} a DEFAULT, or its values by {_BACKFILL}: it is required behind that",
    ProblemKind.NULL: f"give these rows a value first, or by {_BACKFILL}: {{0}} is required behind that then",
}
"""What to do about rows in the way of a plan that can be made otherwise."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with rows; `about` are the names, types or conditions that it has to do with."""

    kind: ProblemKind
    about: tuple[str, ...] = ()

    @classmethod
    def of(cls, kind: ProblemKind, *about: object) -> "Problem":
        """A problem of the kind that has to do with `about`."""
        return cls(kind, tuple(map(str, about)))

    def __str__(self) -> str:
        return self.of_rows(2)

    @property
    def way_out(self) -> str:
        """What to do about the rows."""
        return _WAYS_OUT.get(self.kind, _MENDED_BY_BACKFILL if self.kind.demands else "fix these rows first").format(
            *self.about
        )

    def of_rows(self, number: int) -> str:
        """The words that follow `number` rows."""
        words = _PROBLEMS[self.kind]
        return words[-1 if number == 1 else 0].format(*self.about)


class ReasonKind(StrEnum):
    """Why nobody can ask for rows before a statement."""

    INSIDE_ROWS = "inside-rows"
    CHANGED_WITH_IT = "changed-with-it"
    FOREIGN_CHILDREN = "foreign-children"
    REFERENCES = "references"
    NUMBERED_BOUND = "numbered-bound"


_REASONS = {
    ReasonKind.INSIDE_ROWS: "values inside of rows are not looked into",
    ReasonKind.CHANGED_WITH_IT: "{0} is changed in the same transaction",
    ReasonKind.FOREIGN_CHILDREN: "some of its children are foreign tables, whose rows do not count",
    ReasonKind.REFERENCES: "rows of other tables may point at its rows",
    ReasonKind.NUMBERED_BOUND: "its bound is within one that Postgres tells by a number",
}
"""Clauses."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nothing is asked; `about` names what it has to do with."""

    kind: ReasonKind
    about: str = ""

    def __str__(self) -> str:
        return _REASONS[self.kind].format(self.about)
