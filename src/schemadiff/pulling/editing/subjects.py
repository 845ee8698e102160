"""Which object a statement of a file is about, and which part of it, by the names that are written there."""

from collections.abc import Mapping
from typing import NamedTuple, cast

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import last_name, schema_of, unquoted
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.parse_tree import Tree, listed, nodes, strings

_SPACES = {
    **dict.fromkeys(("table", "foreign table", "view", "materialized view", "sequence"), "relation"),
    **dict.fromkeys(("enum", "domain", "composite type", "range type", "base type", "shell type", "type"), "type"),
    **dict.fromkeys(("function", "procedure", "aggregate", "routine"), "routine"),
}
"""Kinds that share their names."""
_PARTS = frozenset({"column", "tabconstraint", "policy", "trigger", "rule"})
"""What is named by its relation first."""
_WITHOUT_SCHEMA = frozenset({"schema", "extension", "publication", "event_trigger", "language", "fdw", "server"})


class Subject(NamedTuple):
    """An outermost object as it is written: what it shares its name with, its schema if that is named, its name.

    `arguments` tell routines apart; None where they are not written.
    """

    space: str
    schema: str | None
    name: str
    arguments: tuple[str, ...] | None = None


class Part(NamedTuple):
    """What a statement says of its subject: the same of two statements that say the same thing in other words."""

    what: str
    names: tuple[str, ...] = ()


CREATED, ALTERED, GRANTED = Part("create"), Part("alter"), Part("grant")


def subject_of_root(root: Identity) -> Subject:
    """How a statement of a file would name an outermost object."""
    space = _SPACES.get(root.kind, root.kind.replace(" ", "_").replace("foreign-data_wrapper", "fdw"))
    schema = None if space in _WITHOUT_SCHEMA else schema_of(root.name)
    return Subject(space, None if schema is None else unquoted(schema), unquoted(last_name(root.name)))


def subject_of(
    statement: DesiredStatement, tables_of_indexes: Mapping[tuple[str | None, str], Subject]
) -> Subject | None:
    """The outermost object that the statement is about; None where there are several, or it cannot be told."""
    tag, tree, declares = statement.tag, statement.tree, statement.declares
    if declares is not None and declares.relation is not None:
        return Subject("relation", declares.schema, declares.relation)
    if declares is not None:
        space = _SPACES.get(declares.kind, declares.kind.replace(" ", "_").replace("foreign-data_wrapper", "fdw"))
        return Subject(space, declares.schema, declares.name, _arguments(tree) if space == "routine" else None)
    if tag == "GrantStmt" and tree.get("targtype") == "ACL_TARGET_OBJECT" and len(listed(tree, "objects")) == 1:
        return _named(str(tree.get("objtype")), listed(tree, "objects")[0])
    if tag in ("CommentStmt", "AlterOwnerStmt"):
        kind = str(tree.get("objtype") or tree.get("objectType"))
        found = _named(kind, cast(dict[str, Tree], tree.get("object", {})))
        return tables_of_indexes.get((found.schema, found.name)) if found and kind == "OBJECT_INDEX" else found
    if tag == "AlterPublicationStmt":
        return Subject("publication", None, str(tree.get("pubname")))
    if tag == "AlterEventTrigStmt":
        return Subject("event_trigger", None, str(tree.get("trigname")))
    relation = cast(Tree, tree.get("relation") or tree.get("sequence") or {})
    if "relname" in relation:
        schema = relation.get("schemaname")
        place = (None if schema is None else str(schema), str(relation["relname"]))
        index = tree.get("objtype") == "OBJECT_INDEX"
        return tables_of_indexes.get(place) if index else Subject("relation", *place)
    return None


def part_of(statement: DesiredStatement) -> Part | None:
    """Which part of its subject the statement is about; None for one that only the server could tell."""
    tag, tree, declares = statement.tag, statement.tree, statement.declares
    if tag == "GrantStmt":
        return GRANTED
    if tag == "CommentStmt":
        named = cast(dict[str, Tree], tree.get("object", {}))
        return Part(f"comment {tree.get('objtype')}", tuple(_words(named))[-2:])
    if declares is not None and declares.kind not in ("column", "constraint"):
        return CREATED if declares.relation is None else Part(declares.kind, (declares.name,))
    return None if tag == "IndexStmt" else ALTERED


def _named(objtype: str, node: dict[str, Tree]) -> Subject | None:
    """The object that a statement names by its class, such as OBJECT_TABLE."""
    kind = objtype.removeprefix("OBJECT_").lower()
    names = _words(node)
    if not names:
        return None
    if kind in _PARTS:
        names, kind = names[:-1], "table"
    kind = {"matview": "materialized view", "foreign_table": "foreign table"}.get(kind, kind)
    space = "relation" if kind in ("table", "index") else _SPACES.get(kind, kind)
    arguments = _types(node["ObjectWithArgs"]) if "ObjectWithArgs" in node else None
    return Subject(space, names[-2] if len(names) > 1 else None, names[-1], arguments) if names else None


def _words(node: dict[str, Tree]) -> list[str]:
    """The parts of the name of an object."""
    match node:
        case {"RangeVar": variable}:
            return [str(variable[part]) for part in ("schemaname", "relname") if part in variable]
        case {"List": {"items": items}} | {"ObjectWithArgs": {"objname": items}} | {"TypeName": {"names": items}}:
            plain = [item for item in cast(list[dict[str, Tree]], items) if "String" in item]
            return strings(plain)
        case {"String": text}:
            return [str(text.get("sval", ""))]
    return []


def _arguments(tree: Tree) -> tuple[str, ...]:
    """The types of what a routine is called with, as they are written in CREATE."""
    given = [found["FunctionParameter"] for found in listed(tree, "parameters")]
    if not given:
        given = [
            cast(Tree, node["FunctionParameter"]) for node in nodes(tree.get("args")) if "FunctionParameter" in node
        ]
    called = [one for one in given if one.get("mode") not in ("FUNC_PARAM_OUT", "FUNC_PARAM_TABLE")]
    return tuple(_type(cast(Tree, one["argType"])) for one in called)


def _types(tree: Tree) -> tuple[str, ...] | None:
    """The same where an object is named; None where no arguments are written."""
    if tree.get("args_unspecified"):
        return None
    return tuple(_type(found["TypeName"]) for found in listed(tree, "objargs"))


def _type(tree: Tree) -> str:
    return strings(tree.get("names"))[-1] + "[]" * len(listed(tree, "arrayBounds"))
