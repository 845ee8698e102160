"""What a child table's object has in common with the object of the same kind on the parent table."""

from collections.abc import Iterable, Set
from dataclasses import replace
from typing import ClassVar, Self

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.statements.statement import Statement


class Inherited(CatalogObject):
    """An object that children of a table may have from their parent: a column, default, constraint or index.

    Source: Postgres docs, ddl-inherit and ddl-partitioning.
    """

    __slots__ = ()

    SHARED_WITH_CHILDREN: ClassVar[bool] = False
    """Whether children of a table must have what the parent has of this kind."""
    NOT_PASSED_ON: ClassVar[frozenset[str]] = frozenset()
    """Fields that Postgres changes on the table alone, and not on its children."""

    def inherited_from(self) -> Identity | None:
        """The object of the same kind on a parent table whose changes Postgres makes here too."""
        return None

    def made_with_parent(self) -> bool:
        """Whether creating `inherited_from()` creates this object too."""
        return self.inherited_from() is not None

    def written_with_parent(self) -> bool:
        """Whether the statements that create `inherited_from()` say what is needed for this object, too."""
        return self.made_with_parent()

    def comes_with_parents(self) -> bool:
        """Whether joining the parents brings the object, so that it has no statement of its own."""
        return False

    def rebuilt_by_joining(self) -> bool:
        """Whether joining the parents makes the object even where the table has one like it."""
        return False

    def needed_to_join(self) -> bool:
        """Whether a table must have the object before it joins the parents that have it."""
        return False

    def binds_tables(self) -> bool:
        """Whether the object keeps its table and another one from being dropped in any order."""
        return False

    def completed_by_children(self) -> bool:
        """Whether the object is valid only while each child has its own."""
        return False

    def precedes(self) -> tuple[Identity, ...]:
        """Objects that must be created after this one although they do not need it."""
        return ()

    def unlike_parents(self) -> Iterable[Statement]:
        """What an object that `comes_with_parents` has beyond what joining brings."""
        return ()

    def set_with_parent(self) -> bool:
        """Whether giving the parent such an object overwrites the one that the child has."""
        return False

    def goes_with_parent(self) -> bool:
        """Whether dropping `inherited_from()` drops this object too."""
        return self.inherited_from() is not None

    def keeps_without_parent(self) -> bool:
        """Whether the child goes on with the object as its own when the parent alone loses it."""
        return False

    def drop_only(self) -> Iterable[Statement]:
        """What removes the object where children of the table keep theirs as their own."""
        return self.drop()

    def leaves_to_change(self, before: Self, above: tuple[Self, Self], *, released: bool) -> bool:
        """Whether the table must leave its parent while the object changes, or the parent's, which is `above`.

        `released` tells that the parent's is of another type for a while.
        """
        return False

    def alters_first(self, parent: Self, names: Set[str]) -> bool:
        """Whether fields `names` change before the parent's become what `parent` has; as a rule they do after."""
        return False

    def passed_on(self, above: tuple[Self, Self], names: Set[str]) -> Self:
        """What becomes of the object when Postgres does to it what changed fields `names` of the parent's.

        `above` is the parent's before and after.
        """
        return replace(self, **{name: getattr(above[1], name) for name in names})


def inherited_from(built: CatalogObject) -> Identity | None:
    """The object on a parent table that `built` comes from, None for one that comes from none."""
    return built.inherited_from() if isinstance(built, Inherited) else None
