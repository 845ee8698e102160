"""Which objects a statement creates or changes, by the names that are written in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

from schemadiff.desired.reading.declared import Declared
from schemadiff.desired.reading.parse_tree import Tree, constant, listed, options, parse, strings


@dataclass(frozen=True, slots=True)
class Named:
    """An object as a statement names it; `schema` is None where it has none.

    `kind` is the class of the object that the statement is about, such as trigger, and `name` that of the outermost
    object, such as the trigger's table; `part` is then the trigger's own.
    """

    kind: str
    schema: str | None
    name: str
    part: str | None = None

    def __str__(self) -> str:
        whole = f"{self.schema}.{self.name}" if self.schema else self.name
        return f"{self.kind} {self.part} on {whole}" if self.part else f"{self.kind} {whole}"


_PARTS = frozenset({"column", "constraint", "policy", "trigger", "rule", "attribute", "domain constraint"})
_BY_METHOD = frozenset({"operator class", "operator family"})
"""The access method stands before their names."""
_WITHOUT_SCHEMA = frozenset(
    {"schema", "extension", "publication", "subscription", "event trigger", "language", "foreign-data wrapper"}
    | {"server", "database", "role", "tablespace", "access method", "parameter", "cast", "transform", "large object"}
    | {"objects in schema", "user mapping"}
)
_WORDS = {
    "fdw": "foreign-data wrapper",
    "foreign_server": "server",
    "matview": "materialized view",
    "opclass": "operator class",
    "opfamily": "operator family",
    "statistic_ext": "statistics object",
    "tabconstraint": "constraint",
    "domconstraint": "domain constraint",
    "parameter_acl": "parameter",
    "tsconfiguration": "text search configuration",
    "tsdictionary": "text search dictionary",
    "tsparser": "text search parser",
    "tstemplate": "text search template",
    "largeobject": "large object",
    "access_method": "access method",
}
"""Kinds that the parser calls otherwise."""

_FIELDS = {
    "AlterCollationStmt": ("collation", "collname"),
    "AlterDomainStmt": ("domain", "typeName"),
    "AlterEnumStmt": ("enum", "typeName"),
    "AlterStatsStmt": ("statistics object", "defnames"),
    "AlterTSConfigurationStmt": ("text search configuration", "cfgname"),
    "AlterTSDictionaryStmt": ("text search dictionary", "dictname"),
    "AlterTypeStmt": ("type", "typeName"),
}
"""Statements that name an object by a list, and the field with it."""

_PLAIN_FIELDS = {
    "AlterEventTrigStmt": ("event trigger", "trigname"),
    "AlterExtensionContentsStmt": ("extension", "extname"),
    "AlterExtensionStmt": ("extension", "extname"),
    "AlterFdwStmt": ("foreign-data wrapper", "fdwname"),
    "AlterForeignServerStmt": ("server", "servername"),
    "AlterPublicationStmt": ("publication", "pubname"),
    "AlterUserMappingStmt": ("server", "servername"),
    "CreateSubscriptionStmt": ("subscription", "subname"),
    "CreateUserMappingStmt": ("server", "servername"),
    "DropUserMappingStmt": ("server", "servername"),
}
"""Statements that name an object without a schema, and the field with the name."""


def named_by(tag: str, tree: Tree, declares: Declared | None, settings: tuple[str, ...] = ()) -> tuple[Named, ...]:
    """The objects that a statement creates or changes; a name without schema is in the first of the search path.

    `settings` are the SET statements above it. Where they name no search path, the schema of such a name is None.
    """
    first = _first_schema(settings)
    return tuple(
        Named(one.kind, first, one.name, one.part)
        if one.schema is None and one.kind not in _WITHOUT_SCHEMA and first is not None
        else one
        for one in _named(tag, tree, declares)
    )


def functions_called(tree: Tree) -> tuple[str | None, str] | None:
    """Schema and name of the function that a trigger or an event trigger runs."""
    names = strings(tree.get("funcname"))
    return (names[-2] if len(names) > 1 else None, names[-1]) if names else None


def published(tree: Tree) -> Iterator[Named]:
    """The tables and schemas that ALTER PUBLICATION adds or takes away."""
    for node in listed(tree, "pubobjects"):
        given = node["PublicationObjSpec"]
        table = cast(Tree, given.get("pubtable", {}))
        if table:
            yield _range_var("table", cast(Tree, table["relation"]))
        elif "name" in given:
            yield Named("schema", None, str(given["name"]))


def _named(tag: str, tree: Tree, declares: Declared | None) -> Iterator[Named]:
    if declares is not None:
        if declares.relation is not None:
            yield Named(declares.kind, declares.schema, declares.relation, declares.name)
        else:
            yield Named(declares.kind, declares.schema, declares.name)
        return
    match tag:
        case "InsertStmt":
            return  # rows that it declares, or those of a migration tool
        case "GrantStmt" if tree.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
            yield from (Named("objects in schema", None, name) for name in strings(tree.get("objects")))
        case "GrantStmt" | "DropStmt":
            kind = str(tree.get("objtype") or tree.get("removeType"))
            for node in listed(tree, "objects"):
                yield from _object(kind, node)
        case "AlterDefaultPrivilegesStmt":
            given = dict(options(tree))
            schemas = strings(cast(Tree, given.get("schemas", {})).get("List", {}).get("items"))  # type: ignore[attr-defined]
            yield from (Named("default privileges", name, name) for name in schemas)
        case "AlterPolicyStmt":
            yield _range_var("policy", cast(Tree, tree["table"]), str(tree.get("policy_name")))
        case "AlterFunctionStmt":
            yield from _object(str(tree.get("objtype")), {"ObjectWithArgs": cast(Tree, tree["func"])})
        case "AlterOperatorStmt":
            yield from _object("OBJECT_OPERATOR", {"ObjectWithArgs": cast(Tree, tree["opername"])})
        case "AlterOpFamilyStmt":
            yield from _list("operator family", strings(tree.get("opfamilyname")))
        case _ if tag in _FIELDS:
            yield from _list(_FIELDS[tag][0], strings(tree.get(_FIELDS[tag][1])))
        case _ if tag in _PLAIN_FIELDS:
            yield Named(_PLAIN_FIELDS[tag][0], None, str(tree.get(_PLAIN_FIELDS[tag][1])))
        case _:
            yield from _of_others(tree)


def _of_others(tree: Tree) -> Iterator[Named]:
    """What statements name by a relation, or by a class and a name: ALTER TABLE, COMMENT, OWNER TO, RENAME."""
    relation = cast(Tree, tree.get("relation") or tree.get("sequence") or {})
    kind = str(tree.get("objtype") or tree.get("objectType") or tree.get("renameType") or "OBJECT_TABLE")
    if "relname" in relation:
        yield _range_var(_word_of(kind), relation)
    elif "object" in tree:
        yield from _object(kind, cast(dict[str, Tree], tree["object"]))


def _object(objtype: str, node: dict[str, Tree]) -> Iterator[Named]:
    """The object that a statement names by its class, such as OBJECT_TABLE."""
    kind = _word_of(objtype)
    match node:
        case {"RangeVar": variable}:
            yield _range_var(kind, variable)
        case {"ObjectWithArgs": {"objname": names}} | {"TypeName": {"names": names}}:
            yield from _list(kind, strings(names))
        case {"List": {"items": items}}:
            listed_items = cast(list[dict[str, Tree]], items)
            types = [strings(item["TypeName"].get("names")) for item in listed_items if "TypeName" in item]
            plain = strings([item for item in listed_items if "String" in item])
            yield from _list(kind, [*(types[0] if types else []), *plain])
        case {"String": text}:
            yield from _list(kind, [str(text.get("sval", ""))])


def _list(kind: str, names: list[str]) -> Iterator[Named]:
    """An object by the parts of its name."""
    if kind in _BY_METHOD and len(names) > 1:
        names = names[1:]
    part = names.pop() if kind in _PARTS and len(names) > 1 else None
    if names:
        schema = names[-2] if len(names) > 1 and kind not in _WITHOUT_SCHEMA else None
        yield Named(kind, schema, names[-1], part)


def _range_var(kind: str, node: Tree, part: str | None = None) -> Named:
    schema = node.get("schemaname")
    return Named(kind, None if schema is None else str(schema), str(node["relname"]), part)


def _word_of(objtype: str) -> str:
    word = objtype.removeprefix("OBJECT_").lower()
    return _WORDS.get(word, word.replace("_", " "))


@cache
def _first_schema(settings: tuple[str, ...]) -> str | None:
    """The first schema of the last search path that is set, if it is named."""
    for setting in reversed(settings):
        tag, tree = parse(setting)
        if tag == "VariableSetStmt" and str(tree.get("name")).lower() == "search_path":
            names = [constant(argument) for argument in listed(tree, "args")]
            return names[0] if names and names[0] and not names[0].startswith("$") else None
    return None
