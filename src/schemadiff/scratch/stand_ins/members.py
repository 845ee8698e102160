"""What live says that extensions own, as far as a stand-in has it: no code, no expression and no value of live's."""

from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted, unquoted


@dataclass(frozen=True, slots=True)
class Installed:
    """An extension of live with the comment that its own files give it."""

    oid: int
    name: str
    version: str
    schema: Quoted
    relocatable: bool
    fixed: bool
    """Whether it can lie in this schema alone, which CREATE EXTENSION finds by itself."""
    comment: str | None


@dataclass(frozen=True, slots=True)
class MemberType:
    """A type of its own; `base` is what a domain or a range is over, `parts` are labels or attributes."""

    name: Quoted
    kind: str
    base: str | None
    multirange: Quoted | None
    parts: tuple[str, ...]
    functions: tuple[int, ...]
    """The functions that read and write its values and modifiers, 0 where it has none."""
    modifiers: tuple[str, ...]
    """The modifiers that columns of live give it, as the server prints them."""
    storage: str
    collatable: bool

    @property
    def bare_name(self) -> str:
        """Its name without the schema."""
        return unquoted(Quoted(self.name.rpartition(".")[2]))

    @property
    def reads_modifiers(self) -> bool:
        """Whether columns can have the type with modifiers."""
        return self.kind == "b" and self.functions[2] != 0


@dataclass(frozen=True, slots=True)
class MemberRoutine:
    """A function, procedure or aggregate; arguments have mode, name and type, with the optional ones last."""

    oid: int
    name: Quoted
    kind: str
    modes: tuple[str, ...]
    names: tuple[Quoted, ...]
    types: tuple[str, ...]
    optional: int
    result: str
    returns_set: bool
    volatility: str
    strict: bool
    result_kind: str
    """What the result is: the type's name in the system catalog where it is one of the system's."""
    internal: bool
    """Whether only code of the server's own can have such arguments, or such a result."""


@dataclass(frozen=True, slots=True)
class MemberOperator:
    """An operator with its function; a side that it lacks is NONE."""

    schema: Quoted
    symbol: str
    left: str
    right: str
    function: Quoted


@dataclass(frozen=True, slots=True)
class MemberClass:
    """An operator class; `items` are its search operators, `compares` the functions of those and its own, by use."""

    name: Quoted
    type: str
    method: str
    default: bool
    items: tuple[str, ...]
    uses: tuple[str, ...]
    functions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MemberRelation:
    """A table, view or sequence with its columns and keys."""

    name: Quoted
    kind: str
    columns: tuple[Quoted, ...]
    types: tuple[str, ...]
    keys: tuple[str, ...]
    owner: Quoted


@dataclass(frozen=True, slots=True)
class Members:
    """All that a stand-in for one extension is made of."""

    schemas: tuple[Quoted, ...]
    types: tuple[MemberType, ...]
    routines: tuple[MemberRoutine, ...]
    operators: tuple[MemberOperator, ...]
    casts: tuple[tuple[str, str, str], ...]
    methods: tuple[tuple[Quoted, str, Quoted], ...]
    classes: tuple[MemberClass, ...]
    relations: tuple[MemberRelation, ...]
    languages: tuple[tuple[Quoted, bool], ...]
    wrappers: tuple[Quoted, ...]
    grants: tuple[tuple[str, str, str | None, str, bool], ...]
    """Kind and name of an object, grantee (none for all), privilege, whether it can be passed on."""
