"""Statements that may run as superuser on a scratch server, by their parse trees."""

from typing import cast

from psycopg.errors import InsufficientPrivilege

from schemadiff.catalog.kinds.subscription import stands_for_connection
from schemadiff.desired.loading.owner_changes import changes_owner
from schemadiff.desired.reading.parse_tree import Tree, listed, nodes, options, strings, word
from schemadiff.desired.reading.refusals import does_not_connect

_TAKEN = frozenset(
    {
        "AlterDefaultPrivilegesStmt",
        "AlterExtensionStmt",
        "AlterOpFamilyStmt",
        "AlterPublicationStmt",
        "CreateAmStmt",
        "CreateCastStmt",
        "CreateExtensionStmt",
        "CreateFdwStmt",
        "CreateOpClassStmt",
        "CreateOpFamilyStmt",
        "CreatePublicationStmt",
    }
)
_DEFINED = frozenset({"OBJECT_TYPE", "OBJECT_TSPARSER", "OBJECT_TSTEMPLATE"})

_OF_SUPERUSERS = frozenset(
    {
        "AlterEventTrigStmt",
        "AlterFdwStmt",
        "AlterForeignServerStmt",
        "AlterFunctionStmt",
        "AlterObjectDependsStmt",
        "AlterObjectSchemaStmt",
        "AlterOperatorStmt",
        "AlterTSConfigurationStmt",
        "AlterTSDictionaryStmt",
        "AlterTypeStmt",
        "AlterUserMappingStmt",
        "CommentStmt",
        "CreateForeignServerStmt",
        "CreateTransformStmt",
        "CreateUserMappingStmt",
        "DropStmt",
        "DropUserMappingStmt",
        "GrantStmt",
        "RenameStmt",
        "SecLabelStmt",
    }
)
"""Statements that only write to the catalog, and that Postgres reserves for superusers or owners in some form.

None of them computes an expression or calls a function of the user's.
"""

_DEFINING = frozenset(
    {
        "CreateConversionStmt",
        "CreateForeignTableStmt",
        "CreateFunctionStmt",
        "CreatePLangStmt",
        "DefineStmt",
    }
)
"""Statements that define what only a superuser may define: C code, or what reads files or could crash."""

_COMPUTED = frozenset(
    {"raw_expr", "raw_default", "defexpr", "sql_body", "whereClause", "partbound", "schemaElts"}
    | {"FuncCall", "A_Expr", "TypeCast", "SubLink", "SelectStmt"}
)
"""Fields and nodes of a parse tree that are computed, or hold what is."""

_DROPS = -1
"""The action of ALTER EXTENSION ... DROP; whatever is added passes for the extension's."""

_OPTIONS_ALONE = frozenset({"AT_GenericOptions", "AT_AlterColumnGenericOptions"})

_OF_SUBSCRIPTIONS = frozenset({"CreateSubscriptionStmt", "AlterSubscriptionStmt", "DropSubscriptionStmt"})

_SUBSCRIBING = frozenset(
    {"ALTER_SUBSCRIPTION_OPTIONS", "ALTER_SUBSCRIPTION_ENABLED", "ALTER_SUBSCRIPTION_SET_PUBLICATION"}
)
"""Changes of a subscription that neither talk to its publisher nor replace it."""


def harmless(tag: str, tree: Tree, *, for_superuser: bool = False) -> bool:
    """Whether a statement may run as superuser on a scratch server.

    With `for_superuser`, its role is one on live, too, and may do more than platforms allow others.
    """
    if computes(tree):
        return for_superuser and _leakproof(tree) is not None
    if for_superuser and (tag in _OF_SUPERUSERS or (tag == "CreateFunctionStmt" and not _compiled(tree))):
        return True
    match tag:
        case "DefineStmt":
            return str(tree.get("kind")) in _DEFINED
        case "CreateEventTrigStmt":
            return tree.get("eventname") != "login"
        case "CommentStmt":
            return tree.get("objtype") == "OBJECT_EXTENSION"
        case "AlterExtensionContentsStmt":
            return tree.get("action") == _DROPS
        case "AlterObjectSchemaStmt":
            return tree.get("objectType") == "OBJECT_EXTENSION"
        case "DropStmt":
            return tree.get("removeType") == "OBJECT_EXTENSION"
        case "CreateSchemaStmt":
            return "schemaElts" not in tree
        case "CreateSubscriptionStmt":
            return for_superuser and stands_for_connection(str(tree.get("conninfo"))) and does_not_connect(tree)
        case "AlterSubscriptionStmt":
            return for_superuser and tree.get("kind") in _SUBSCRIBING
        case "DropSubscriptionStmt":
            return for_superuser
    return tag in _TAKEN or changes_owner(tag, tree)


def harmless_in_files(tag: str, tree: Tree, *, for_superuser: bool = False) -> bool:
    """Whether a statement of a desired file may run as superuser, which subscriptions take on live, too.

    With `for_superuser`, live's role is one: custom settings of functions, LEAKPROOF and the like.
    """
    return harmless(tag, tree, for_superuser=for_superuser or tag in _OF_SUBSCRIPTIONS)


def may_be_copied(tag: str, tree: Tree) -> bool:
    """Whether a statement that makes what live has may run as superuser, who made it there."""
    return harmless(tag, tree, for_superuser=True) or defines(tag, tree) or tag == "CreateEventTrigStmt"


def without_leakproof(text: str, tree: Tree) -> str:
    """CREATE FUNCTION ... LEAKPROOF without that word."""
    place = _leakproof(tree)
    if place is None:
        raise InsufficientPrivilege("what a statement computes is not computed as superuser")
    written = text.encode()
    return (written[:place] + written[place + len("LEAKPROOF") :]).decode()


def _leakproof(tree: Tree) -> int | None:
    """Where CREATE FUNCTION says LEAKPROOF, in bytes."""
    elements = [option["DefElem"] for option in listed(tree, "options")]
    if "funcname" not in tree:
        return None
    return next((cast(int, e.get("location", 0)) for e in elements if e.get("defname") == "leakproof"), None)


def defines(tag: str, tree: Tree) -> bool:
    """Whether a statement defines an object in a way that may be reserved for superusers.

    It may load C code, so only what a superuser has created elsewhere may run: no text from files.
    """
    return (tag in _DEFINING or _only(tag, tree, _OPTIONS_ALONE)) and not computes(tree)


def computes(tree: Tree) -> bool:
    """Whether Postgres computes something while it runs a statement: an expression, or a value of a user's type.

    It reads such values by functions that may be anybody's: of domains, ranges, and types with modifiers.
    """
    return any(
        not _COMPUTED.isdisjoint(node) or (node.get("typmods") and strings(node.get("names"))[0] != "pg_catalog")
        for node in nodes(tree)
    ) or _begins_with_value(tree)


def _begins_with_value(tree: Tree) -> bool:
    """Whether an aggregate begins with a value of a type that is not the system's."""
    definition = {str(element["DefElem"].get("defname")): element["DefElem"] for element in listed(tree, "definition")}
    if not {"initcond", "minitcond"} & definition.keys():
        return False
    types = [definition[name].get("arg", {}) for name in ("stype", "mstype") if name in definition]
    names = [strings(cast(dict[str, Tree], type).get("TypeName", {}).get("names")) for type in types]
    return any(len(parts) > 1 and parts[0] != "pg_catalog" for parts in names)


def _only(tag: str, tree: Tree, subtypes: frozenset[str]) -> bool:
    """Whether a statement is an ALTER TABLE, or the like, that has such actions alone."""
    return tag == "AlterTableStmt" and all(
        action["AlterTableCmd"].get("subtype") in subtypes for action in listed(tree, "cmds")
    )


def is_compiled(tag: str, tree: Tree) -> bool:
    """Whether a statement creates a function in C or a language, which the server would load and run."""
    return tag == "CreatePLangStmt" or (tag == "CreateFunctionStmt" and _compiled(tree))


def _compiled(tree: Tree) -> bool:
    languages = [word(value) for name, value in options(tree) if name == "language"]
    return any(language in ("c", "internal") for language in languages)
