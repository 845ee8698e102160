"""A row of a catalog query as an object: a frozen dataclass whose methods are inherited.

What dataclass() itself writes for each of many classes would take half the program's start to compile.
"""

from collections.abc import Iterable
from dataclasses import Field, FrozenInstanceError, dataclass
from typing import ClassVar, Self, TypeVar, dataclass_transform

from schemadiff.catalog.declaring.fields import alters, carries, key, replaces

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(key, alters, replaces, carries))
def row_class(cls: type[Made]) -> type[Made]:
    """Make a subclass of Row a dataclass."""
    return dataclass(init=False, repr=False, eq=False, match_args=False, slots=True)(cls)


class Row:
    """Values by name, in the order of `COLUMNS`."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[object]]]
    COLUMNS: ClassVar[tuple[str, ...]]

    def __init__(self, **values: object) -> None:
        if values.keys() != set(self.COLUMNS):
            raise TypeError(f"{type(self).__name__} has the fields {self.COLUMNS}, not {tuple(values)}")
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, values: Iterable[object]) -> Self:
        """The object that a row of values, in the order of `COLUMNS`, describes."""
        made = cls.__new__(cls)
        for name, value in zip(cls.COLUMNS, values, strict=True):
            object.__setattr__(made, name, value)
        return made

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.COLUMNS)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.COLUMNS))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.COLUMNS)
        return f"{type(self).__name__}({shown})"
