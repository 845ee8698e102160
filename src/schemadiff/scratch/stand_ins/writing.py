"""Statements that make the members of an extension's stand-in, in an order that works for most extensions."""

from collections.abc import Iterator

from schemadiff.catalog.kinds.base_type import STORAGES
from schemadiff.catalog.sql import Quoted, literal, quote_ident
from schemadiff.scratch.stand_ins.members import MemberClass, MemberRelation, Members, MemberType
from schemadiff.scratch.stand_ins.modifiers import labels_of
from schemadiff.scratch.stand_ins.routines import BLOCKS, built_in, own_name, support_functions, written_routines

_CONTEXTS = {"i": " AS IMPLICIT", "a": " AS ASSIGNMENT", "e": ""}

_METHODS = {"i": "INDEX", "t": "TABLE"}


def written(members: Members, made: Quoted | None) -> Iterator[str]:
    """Statements that create all members but the schema `made`, which CREATE EXTENSION makes."""
    for schema in members.schemas:
        if schema != made:
            yield f"CREATE SCHEMA {schema}"
    for type in members.types:
        if type.kind == "b":
            yield f"CREATE TYPE {type.name}"
        if type.reads_modifiers:
            yield f"CREATE TYPE {type.name.rpartition('.')[0]}.{quote_ident(labels_of(type.bare_name))} AS ENUM ()"
    of_types, others = written_routines(members)
    yield from of_types
    names = {routine.oid: routine.name for routine in members.routines}
    called = {routine.oid: f"{routine.name}({', '.join(routine.types)})" for routine in members.routines}
    for type in members.types:
        if type.kind == "b":
            yield _base_type(type, names)
    for type in members.types:
        if type.kind != "b":
            yield _type(type)
    for relation in members.relations:
        yield _relation(relation)
    yield from others
    yield from _ways_between(members)
    yield from _access(members, called)
    for kind, name, grantee, privilege, passed_on in members.grants:
        yield _grant(kind, name, grantee, privilege, passed_on=passed_on)


def _type(type: MemberType) -> str:
    match type.kind:
        case "c":
            return f"CREATE TYPE {type.name} AS ({', '.join(type.parts)})"
        case "e":
            return f"CREATE TYPE {type.name} AS ENUM ({', '.join(type.parts)})"
        case "d":
            return f"CREATE DOMAIN {type.name} AS {type.base}"
    multirange = f", MULTIRANGE_TYPE_NAME = {type.multirange}" if type.multirange else ""
    return f"CREATE TYPE {type.name} AS RANGE (SUBTYPE = {type.base}{multirange})"


def _base_type(type: MemberType, names: dict[int, Quoted]) -> str:
    """Whatever live's values look like inside, those of a stand-in are text."""
    roles = ("INPUT", "OUTPUT", "TYPMOD_IN", "TYPMOD_OUT")
    clauses = [f"{role} = {names[oid]}" for role, oid in zip(roles, type.functions, strict=True) if oid in names]
    clauses += [f"STORAGE = {STORAGES[type.storage]}", f"COLLATABLE = {str(type.collatable).lower()}"]
    return f"CREATE TYPE {type.name} ({', '.join(clauses)})"


def _relation(relation: MemberRelation) -> str:
    columns = zip(relation.columns, relation.types, strict=True)
    match relation.kind:
        case "S":
            return f"CREATE SEQUENCE {relation.name}"
        case "v" | "m":
            values = ", ".join(f"NULL::{type} AS {name}" for name, type in columns)
            word = "VIEW" if relation.kind == "v" else "MATERIALIZED VIEW"
            return f"CREATE {word} {relation.name} AS SELECT {values}"
    parts = [*(f"{name} {type}" for name, type in columns), *relation.keys]
    return f"CREATE TABLE {relation.name} ({', '.join(parts)})"


def _ways_between(members: Members) -> Iterator[str]:
    for operator in members.operators:
        sides = [f"{side} = {type}" for side, type in (("LEFTARG", operator.left), ("RIGHTARG", operator.right))]
        known = ", ".join(side for side in sides if not side.endswith(" = NONE"))
        yield f"CREATE OPERATOR {operator.schema}.{operator.symbol} (FUNCTION = {operator.function}, {known})"
    for source, target, context in members.casts:
        yield f"CREATE CAST ({source} AS {target}) WITH INOUT{_CONTEXTS[context]}"


def _access(members: Members, called: dict[int, str]) -> Iterator[str]:
    own = {str(name) for name, _, _ in members.methods}
    for name, type, handler in members.methods:
        yield f"CREATE ACCESS METHOD {name} TYPE {_METHODS[type]} HANDLER {handler}"
    for of_class in members.classes:
        yield from _class(of_class, own, called)
    for language, trusted in members.languages:
        yield f"CREATE {'TRUSTED ' if trusted else ''}LANGUAGE {language} HANDLER pg_catalog.plpgsql_call_handler"
    for wrapper in members.wrappers:
        yield f"CREATE FOREIGN DATA WRAPPER {wrapper}"


def _class(of_class: MemberClass, own: set[str], called: dict[int, str]) -> Iterator[str]:
    """An operator class; values are compared by live's functions where keys need it, else by functions of our own."""
    items = list(of_class.items)
    method = BLOCKS if of_class.method in own else of_class.method
    if method in ("btree", "hash"):
        items.extend(
            f"FUNCTION 1 {called[function]}"
            for use, function in zip(of_class.uses, of_class.functions, strict=True)
            if use == "function 1" and function in called
        )
    else:
        for number, arguments, result, function in support_functions(method):
            name = own_name(f"{number}_{of_class.method}", of_class.name)
            yield f"CREATE FUNCTION {name}({arguments}) RETURNS {result} {built_in(function)}"
            items.append(f"FUNCTION {number} {name}({arguments})")
    default = "DEFAULT " if of_class.default else ""
    yield (
        f"CREATE OPERATOR CLASS {of_class.name} {default}FOR TYPE {of_class.type} USING {of_class.method} AS "
        f"{', '.join(items or [f'STORAGE {of_class.type}'])}"
    )


def _grant(kind: str, name: str, grantee: str | None, privilege: str, *, passed_on: bool) -> str:
    """A grant, unless the role is not there, or the server does not know the privilege."""
    to = "PUBLIC" if grantee is None else quote_ident(grantee)
    option = " WITH GRANT OPTION" if passed_on else ""
    grant = f"GRANT {privilege} ON {kind} {name} TO {to}{option}"
    return f"DO {literal(f'BEGIN {grant}; EXCEPTION WHEN undefined_object OR syntax_error THEN NULL; END')}"
