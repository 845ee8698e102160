"""Functions of stand-ins: what live's are called with and return, and bodies that do nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from schemadiff.catalog.sql import Quoted, quote_ident, unquoted
from schemadiff.scratch.stand_ins.members import MemberClass, MemberRoutine, Members
from schemadiff.scratch.stand_ins.modifiers import PRINTS, reads

_FAILS = "trigger_out"
"""A function of the server's that does nothing but fail, whatever it is called with."""

_NOTHING = "void_in"
"""One that does nothing, and returns nothing."""

_TRUE = "btequalimage"
"""One that returns true, whatever it is called with."""

BLOCKS = "brinhandler"
"""The access method that stands in for one of an extension: it looks at no value."""

_HANDLERS = {"index_am_handler": BLOCKS, "table_am_handler": "heap_tableam_handler"}

_VALUES = {
    "bool": "true",
    "int2": "0",
    "int4": "0",
    "int8": "0",
    "float4": "0",
    "float8": "0",
    "numeric": "0",
    "text": "''",
    "varchar": "''",
    "json": "'{}'",
    "jsonb": "'{}'",
    "uuid": "pg_catalog.gen_random_uuid()",
    "timestamptz": "pg_catalog.now()",
}
"""What functions return, by the type of their result; others return NULL."""

_OF_CLASSES = {
    ("btree", "operator 1"): "bytealt",
    ("btree", "operator 2"): "byteale",
    ("btree", "operator 3"): "byteaeq",
    ("btree", "operator 4"): "byteage",
    ("btree", "operator 5"): "byteagt",
    ("btree", "function 1"): "byteacmp",
    ("btree", "function 4"): _TRUE,
    ("hash", "operator 1"): "byteaeq",
    ("hash", "function 1"): "hashvarlena",
    ("hash", "function 2"): "hashvarlenaextended",
    ("gin", "function 1"): "byteacmp",
    ("gin", "function 2"): _NOTHING,
    ("gin", "function 3"): _NOTHING,
    ("gin", "function 4"): _TRUE,
}
"""The function of the server's that compares values, by access method and use; values are kept as text."""

_KEPT = frozenset({"btree", "hash"})
"""Access methods for which values are really compared, since keys and their order depend on it."""

_VOLATILITY = {"i": "IMMUTABLE", "s": "STABLE", "v": "VOLATILE"}


def written_routines(members: Members) -> tuple[list[str], list[str]]:
    """Statements that create functions, procedures and aggregates: those that base types are made of, the others."""
    of_types = _functions_of_types(members)
    of_modifiers = {type.functions[2]: type for type in members.types if type.reads_modifiers}
    compared = _comparing(members.classes)
    first: list[str] = []
    others: list[str] = []
    for routine in members.routines:
        if routine.kind == "a":
            others += _aggregate(routine)
        elif (type := of_modifiers.get(routine.oid)) is not None:
            # It remembers modifiers that are new.
            first.append(_routine(replace(routine, volatility="v"), reads(type.bare_name, type.modifiers)))
        elif (body := of_types.get(routine.oid)) is not None:
            first.append(_routine(routine, body))
        else:
            others.append(_routine(routine, compared.get(routine.oid) or _body(routine)))
    return first, others


def own_name(use: str, name: Quoted) -> Quoted:
    """The name of a function that only the stand-in has, for one of its objects: no other extension's bears it."""
    schema, _, bare = name.rpartition(".")
    return Quoted(f"{schema}.{quote_ident(f'schemadiff_{use}_{unquoted(Quoted(bare))}'[:63])}")


def built_in(function: str) -> str:
    """The end of CREATE FUNCTION that makes it a function of the server's own."""
    return f"LANGUAGE internal AS '{function}'"


def support_functions(method: str) -> tuple[tuple[int, str, str, str], ...]:
    """Number, arguments, result and function of the server's for operator classes, where live's do not serve."""
    match method:
        case "gist":
            return tuple((number, "internal", "internal", _FAILS) for number in (1, 2, 5, 6, 7))
        case "spgist":
            return (
                (1, "internal, internal", "void", "spg_quad_config"),
                *((number, "internal, internal", "void", _FAILS) for number in (2, 3, 4)),
                (5, "internal, internal", "boolean", _FAILS),
            )
        case "gin":
            return ()
    return (
        (1, "internal", "internal", "brin_minmax_opcinfo"),
        *((number, "internal, internal", "boolean", _TRUE) for number in (2, 3, 4)),
    )


def _functions_of_types(members: Members) -> dict[int, str]:
    """How values of base types are read and written, as text, and how their modifiers are printed."""
    found: dict[int, str] = {}
    for type in members.types:
        if type.kind != "b":
            continue
        read, write, _, write_modifier = type.functions
        found |= {read: built_in("textin"), write: built_in("textout"), write_modifier: PRINTS}
    return found


def _comparing(classes: tuple[MemberClass, ...]) -> Mapping[int, str]:
    return {
        function: built_in(_OF_CLASSES[of_class.method, use])
        for of_class in classes
        if of_class.method in _KEPT
        for use, function in zip(of_class.uses, of_class.functions, strict=True)
        if (of_class.method, use) in _OF_CLASSES
    }


def _body(routine: MemberRoutine) -> str:
    if routine.result_kind in _HANDLERS:
        return built_in(_HANDLERS[routine.result_kind])
    if routine.result_kind == "language_handler":
        return "LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler'"
    if routine.internal:
        return built_in(_FAILS)
    if routine.kind == "w":
        return f"WINDOW {built_in('window_row_number')}"
    return f"LANGUAGE plpgsql AS '{_plain_body(routine)}'"


def _plain_body(routine: MemberRoutine) -> str:
    if routine.result_kind == "trigger":
        return "BEGIN RETURN new; END"
    outputs = any(mode in "obt" for mode in routine.modes)
    if routine.kind == "p" or routine.returns_set or outputs or routine.result_kind in ("void", "event_trigger"):
        return "BEGIN END"
    value = _VALUES.get(routine.result_kind, "NULL").replace("'", "''")
    return f"BEGIN RETURN {value}; END"


def _routine(routine: MemberRoutine, body: str) -> str:
    arguments = ", ".join(_arguments(routine))
    if routine.kind == "p":
        return f"CREATE PROCEDURE {routine.name}({arguments}) {body}"
    table = [f"{n} {t}" for mode, n, t in zip(routine.modes, routine.names, routine.types, strict=True) if mode == "t"]
    result = f"TABLE ({', '.join(table)})" if table else f"{'SETOF ' if routine.returns_set else ''}{routine.result}"
    strict = " STRICT" if routine.strict else ""
    return (
        f"CREATE FUNCTION {routine.name}({arguments}) RETURNS {result} {_VOLATILITY[routine.volatility]}{strict} {body}"
    )


def _arguments(routine: MemberRoutine) -> Iterator[str]:
    modes = {"i": "", "o": "OUT ", "b": "INOUT ", "v": "VARIADIC "}
    shown = [each for each in zip(routine.modes, routine.names, routine.types, strict=True) if each[0] != "t"]
    inputs = [place for place, (mode, _, _) in enumerate(shown) if mode != "o"]
    optional = set(inputs[len(inputs) - routine.optional :])
    for place, (mode, name, type) in enumerate(shown):
        default = " DEFAULT NULL" if place in optional else ""
        yield f"{modes[mode]}{name} {type}{default}".strip()


def _aggregate(routine: MemberRoutine) -> Iterator[str]:
    """A plain aggregate that adds nothing up; its step is a function of the stand-in's own."""
    types = ", ".join(routine.types)
    step = own_name("step", routine.name)
    arguments = ", ".join(filter(None, (routine.result, types)))
    yield (
        f"CREATE FUNCTION {step}({arguments}) RETURNS {routine.result} IMMUTABLE "
        "LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    yield f"CREATE AGGREGATE {routine.name}({types or '*'}) (SFUNC = {step}, STYPE = {routine.result})"
