"""Secrets in scripts: placeholders that are filled as a statement runs, and nowhere else."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from schemadiff.catalog.kinds.shared.foreign_options import MASK
from schemadiff.catalog.kinds.shared.secrets import PLACEHOLDER
from schemadiff.catalog.kinds.subscription import CONNECTION
from schemadiff.catalog.sql import Sql, literal
from schemadiff.notes import Note, NoteKind
from schemadiff.plans.direction import Direction
from schemadiff.plans.model import BothWays

if TYPE_CHECKING:  # the parser takes longer to load than a diff to print
    from schemadiff.plans.scripts.reading import ScriptSegment, ScriptStatement

_HOLDING = (
    "AlterFdwStmt",
    "AlterForeignServerStmt",
    "AlterSubscriptionStmt",
    "AlterTableStmt",
    "AlterUserMappingStmt",
    "CreateFdwStmt",
    "CreateForeignServerStmt",
    "CreateForeignTableStmt",
    "CreateSubscriptionStmt",
    "CreateUserMappingStmt",
)
"""Node classes of statements that may hold a secret; in the body of a function, a placeholder is mere text."""

_LITERAL = re.compile(rf"'(?:service=)?{PLACEHOLDER.pattern}'")
_MASKED = re.compile(rf"'(?:{re.escape(MASK)}|{re.escape(CONNECTION)})'")


def variables(statement: "ScriptStatement") -> Iterator[str]:
    """The environment variables whose values a statement needs."""
    if type(statement.tree).__name__ in _HOLDING:
        yield from (found[1] for found in _LITERAL.finditer(statement.sql))


def notes_on_secrets(scripts: BothWays) -> Iterator[Note]:
    """A note for each direction that needs secrets, with the variables that hold them."""
    for direction in Direction:
        steps = direction.choose(scripts.up, scripts.down).steps
        names = dict.fromkeys(found[1] for step in steps for found in _LITERAL.finditer(step.sql))
        if names:
            yield Note.of(NoteKind.SECRETS, direction.file, ", ".join(names))


def masked(statement: "ScriptStatement") -> bool:
    """Whether a statement holds a mask where a secret should be, which would be set as it is."""
    return type(statement.tree).__name__ in _HOLDING and _MASKED.search(statement.sql) is not None


def filled(statement: "ScriptStatement", secrets: Mapping[str, str]) -> Sql:
    """A statement as it runs; KeyError for a variable without a value."""
    if type(statement.tree).__name__ not in _HOLDING:
        return statement.sql
    return Sql(_LITERAL.sub(lambda found: literal(secrets[found[1]]), statement.sql))


def without(text: str, secrets: Iterable[str]) -> str:
    """A text in which no secret stands; they come out the longest first, since one may hold another."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def needed(segments: "Iterable[ScriptSegment]") -> tuple[str, ...]:
    """The variables that segments need, each once."""
    statements = (statement for segment in segments for statement in segment.statements)
    return tuple(dict.fromkeys(name for statement in statements for name in variables(statement)))
