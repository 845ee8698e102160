"""What only some kinds can do: be built beside rows in use, keep data while what they use is replaced, rename parts."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Self

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Statement


class Online(CatalogObject):
    """An object with statements of its own for where the table that holds it is in use."""

    __slots__ = ()

    def create_online(self, parts: tuple[Sql, ...] = ()) -> Iterable[Statement]:
        """What makes the object on a table that has rows; `parts` are the clauses of objects folded into it."""
        return self.create(parts)

    def drop_online(self) -> Iterable[Statement]:
        """What removes the object from a table that stays in use."""
        return self.drop()

    def replace_online(self, before: Self) -> Iterable[Statement] | None:
        """What swaps `before` for this object without a gap, or None where drop and create must do."""
        return None


class Exchangeable(Online):
    """An object that can be built under another name beside what it takes the place of."""

    __slots__ = ()

    @abstractmethod
    def builds_beside(self) -> bool:
        """Whether this one can."""

    @abstractmethod
    def exchange(self, dropping: Iterable[Statement]) -> Iterable[Statement]:
        """What builds the object, runs `dropping` and gives it its name; the last two commit together."""


class Releasable(CatalogObject):
    """An object that keeps its data while something that it uses is replaced."""

    __slots__ = ()

    @abstractmethod
    def release(self) -> Iterable[Statement] | None:
        """What frees the object from what it uses, so that this can be replaced; None where it cannot be freed."""

    @abstractmethod
    def restore(self) -> Iterable[Statement]:
        """What undoes `release`."""


class NamedParts(CatalogObject):
    """An object with parts that are no objects and can be renamed: an enum's labels, a type's attributes."""

    __slots__ = ()

    @abstractmethod
    def named_parts(self) -> tuple[str, ...]:
        """The names of the parts, unquoted."""

    @abstractmethod
    def rename_part(self, old: str, new: str) -> Statement:
        """What gives one of `named_parts` another name."""


def named_parts(built: CatalogObject) -> tuple[str, ...]:
    """The names of an object's parts that can be renamed, unquoted; none for most kinds."""
    return built.named_parts() if isinstance(built, NamedParts) else ()
