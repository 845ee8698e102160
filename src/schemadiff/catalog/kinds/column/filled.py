"""A column that is added without values, which its rows get in batches."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Self

from schemadiff.catalog.declaring.forms import Online
from schemadiff.catalog.kinds.column.identity import IdentityColumn
from schemadiff.catalog.kinds.sequence import SERIAL
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import Purpose, StepNote, StepOperation
from schemadiff.catalog.statements.questions import Question
from schemadiff.catalog.statements.statement import Statement, asking, changing

_NULLABLE: dict[str, Any] = {"not_null": False, "not_null_constraint": None}
_WITHOUT_IDENTITY: dict[str, Any] = {"identity_kind": None, "identity_options": None}


class FilledColumn(Online):
    """The part of a column that tells how rows come by their values later; its fields are the column's."""

    __slots__ = ()

    not_null: bool
    identity_kind: str | None

    @abstractmethod
    def alter_not_null(self, before: Self) -> Iterator[Statement]:
        """What makes NOT NULL of `before` this column's."""

    @abstractmethod
    def _identity(self) -> IdentityColumn: ...

    @abstractmethod
    def _fillings(self, parts: tuple[Sql, ...]) -> Iterable[Question]: ...

    def create_in_batches(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        """The same for rows that get their values in batches; new ones have theirs by themselves.

        A default that is an object of its own is not set by it.
        """
        nullable = replace(self, **_NULLABLE, **_WITHOUT_IDENTITY)
        numbered = self.identity_kind or SERIAL in parts
        yield from self._identity().sequence_ahead() if numbered else ()
        added, *more = nullable.create_online()
        questions = tuple(self._fillings(())) if self.identity_kind else ()
        yield replace(
            asking(added, *questions) if questions else added,
            purpose=Purpose(StepOperation.CREATE, fields=("type",), note=StepNote.IN_BATCHES),
        )
        yield from more
        yield from self._identity().draw_ahead(Quoted(self.identity)) if numbered else ()

    def require_filled(self) -> Iterator[Statement]:
        """What follows on `create_in_batches` when all rows have their values."""
        if self.not_null:
            yield from changing(self.alter_not_null(replace(self, **_NULLABLE)), "not_null")
        if self.identity_kind:
            yield from self._identity().take_over_ahead()

    def value_in_batches(self, default: Sql | None) -> Sql | None:
        """What a row gets that has no value yet."""
        return self._identity().value_ahead() if self.identity_kind else default
