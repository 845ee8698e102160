"""DROP in desired files: before a CREATE of the same object it only makes a file run twice; elsewhere it is refused."""

from collections.abc import Iterable, Iterator, Sequence

from schemadiff.desired.belonging.objects import Named, named_by
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.dumped import is_dump
from schemadiff.desired.reading.parse_tree import listed

_ALIKE = (
    frozenset({"type", "enum", "composite type", "range type", "domain"}),
    frozenset({"function", "procedure", "aggregate", "routine"}),
    frozenset({"table", "foreign table"}),
)
"""Kinds that are dropped by one name and created by another."""


def without_guards(statements: Iterable[DesiredStatement]) -> Iterator[DesiredStatement]:
    """The statements of one file without DROP ... IF EXISTS of what the file creates below it.

    Errors: DesiredError for any other DROP.
    """
    found = list(statements)
    if found and is_dump(found[0].source):
        yield from found
        return
    for place, statement in enumerate(found):
        dropped = _dropped(statement)
        if not dropped:
            yield statement
            continue
        missing = next((one for one in dropped if not _created(one, found[place + 1 :])), None)
        if missing is not None and statement.tag == "DropStmt":
            raise statement.source.error(statement.offset, *_refusal(missing))
        if not statement.tree.get("missing_ok") and statement.tag == "DropStmt":
            raise statement.source.error(
                statement.offset,
                f"DROP of {dropped[0]} fails where it is not there yet",
                "write IF EXISTS, or remove it",
            )
        if missing is not None:
            yield statement


def _refusal(missing: Named) -> tuple[str, str]:
    return (
        f"DROP declares nothing: a plan drops {missing} as soon as no file declares it",
        "remove this statement and what declares the object; before a CREATE of it in the same file, "
        "DROP ... IF EXISTS may stand",
    )


def _dropped(statement: DesiredStatement) -> list[Named]:
    """The objects that a statement only drops: DROP, or ALTER TABLE ... DROP CONSTRAINT IF EXISTS and nothing else."""
    objects = list(named_by(statement.tag, statement.tree, statement.declares))
    if statement.tag == "DropStmt":
        return objects
    if statement.tag != "AlterTableStmt":
        return []
    actions = [action["AlterTableCmd"] for action in listed(statement.tree, "cmds")]
    if any(action.get("subtype") != "AT_DropConstraint" or not action.get("missing_ok") for action in actions):
        return []
    return [Named("constraint", one.schema, one.name, str(action.get("name"))) for one in objects for action in actions]


def _created(one: Named, later: Sequence[DesiredStatement]) -> bool:
    return any(
        statement.declares is not None
        and any(_same(one, other) for other in named_by(statement.tag, statement.tree, statement.declares))
        for statement in later
    )


def _same(dropped: Named, created: Named) -> bool:
    """Whether both name one object; an index is dropped by its name, and created on a table."""
    kinds = {dropped.kind, created.kind}
    if len(kinds) > 1 and not any(kinds <= alike for alike in _ALIKE):
        return False
    if dropped.kind == "index":
        return dropped.name == (created.part or created.name)
    if dropped.schema and created.schema and dropped.schema != created.schema:
        return False
    return (dropped.name, dropped.part) == (created.name, created.part)
