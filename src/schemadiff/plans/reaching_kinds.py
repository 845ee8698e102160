"""What single kinds and statements mean for the reach of a migration, beyond what pg_depend records."""

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.desired.reading.parse_tree import Tree

REACHES_EVERYTHING = tuple(cls.KIND for cls in BY_NAME.values() if cls.REACHES_EVERYTHING)
"""Kinds whose objects act on statements about others without a dependency."""

BODY_IS_TEXT = tuple(cls.KIND for cls in BY_NAME.values() if cls.BODY_IS_TEXT)
"""Kinds whose objects may need what only their text tells."""

HOLDER_OF_ALL = Schema.KIND
"""A change of an object is no change of everything else in its schema."""

NAMED_BY_STATEMENTS = tuple(
    cls.KIND
    for cls in BY_NAME.values()
    if not cls.SATELLITE and (cls.within is CatalogObject.within or cls in (Index, Sequence))
)
"""Kinds whose objects a statement can name without the object that holds them: no column, no policy."""

_REACHING = frozenset({"DoStmt", "CallStmt", "ReassignOwnedStmt", "DropOwnedStmt", "AlterTableMoveAllStmt"})
"""Statements that reach objects without naming them, by their node in the parse tree."""


def may_reach_everything(tag: str, tree: Tree) -> bool:
    """Whether a statement, by its parse tree, may reach objects that it does not name."""
    return tag in _REACHING or (tag == "GrantStmt" and tree.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA")


def refers_elsewhere(part: CatalogObject) -> bool:
    """Whether a part of a table leads to other tables or to code: a trigger, a foreign key."""
    return isinstance(part, Trigger) or (isinstance(part, Constraint) and part.type == "f")
