"""What a column has in common with the same column of its table's parents."""

from collections.abc import Set
from dataclasses import replace
from typing import Any, Self

from schemadiff.catalog.declaring.inherited import Inherited
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.not_null import Constrained, renamed_apart, renamed_with
from schemadiff.catalog.sql import Quoted, Sql


class SharedColumn(Inherited):
    """The part of a column that tells what happens to it with the parents' one; its fields are the column's."""

    __slots__ = ()

    type: Sql
    collation: Quoted | None
    generated: str | None
    not_null: bool
    not_null_constraint: Constrained
    relation_kind: str
    local: bool
    in_partition: bool
    inherits: Quoted | None
    not_null_local: bool
    has_children: bool
    of_several_parents: bool
    shares_identity: bool

    def inherited_from(self) -> Identity | None:
        return Identity(self.KIND, self.inherits) if self.inherits else None

    def comes_with_parents(self) -> bool:
        return not self.local and not self.in_partition

    def made_with_parent(self) -> bool:
        return self.inherits is not None and (self.in_partition or not self.local)

    def precedes(self) -> tuple[Identity, ...]:
        """A child's own column stands first: the parent's joins it, and never the other way round."""
        return (Identity(self.KIND, self.inherits),) if self.inherits and not self.made_with_parent() else ()

    def alters_first(self, parent: Self, names: Set[str]) -> bool:
        """A constraint that a parent shares has the name for good."""
        return parent.not_null and names == {"not_null_constraint"}

    def keeps_without_parent(self) -> bool:
        return not self.in_partition

    def needed_to_join(self) -> bool:
        return True

    def goes_with_parent(self) -> bool:
        return self.inherits is not None and (self.in_partition or not self.local)

    def leaves_to_change(self, before: Self, above: tuple[Self, Self], *, released: bool) -> bool:
        """A NOT NULL has its parent's new name only where it had the old one; DROP EXPRESSION goes one level down.

        USING does not reach foreign tables, and no single parent changes the type of what is inherited twice.
        """
        types = [(parent.type, parent.collation) for parent in above]
        apart = self.relation_kind == "foreign table" or before.of_several_parents
        if apart and (released or types[0] != types[1]):
            return True
        if self.has_children and before.generated == above[0].generated == "s" and self.generated is None:
            return True
        names = (each.not_null_constraint for each in (before, self, *above))
        return renamed_apart(*names)

    def passed_on(self, above: tuple[Self, Self], names: Set[str]) -> Self:
        """A NOT NULL of the column's own stays as it is but for its name; only partitions share an identity."""
        parent = above[1]
        names = names if self.in_partition and parent.shares_identity else names - {"identity_kind"}
        form = parent.not_null_constraint
        if form and names & {"not_null", "not_null_constraint"}:
            names = names | {"not_null", "not_null_constraint"}
        mine = bool(form and form[1]) or (
            self.not_null and (parent.not_null or bool(self.not_null_constraint and self.not_null_local))
        )
        kept = {"not_null", "not_null_constraint"} if mine else set()
        form = renamed_with(self.not_null_constraint, above[0].not_null_constraint, form)
        renamed: dict[str, Any] = {"not_null_constraint": form}
        return Inherited.passed_on(replace(self, **renamed), above, names - kept)
