"""Statements that may run as superuser on a scratch server, by their parse trees."""

from schemadiff.catalog.kinds.subscription import CONNECTION
from schemadiff.desired.reading.parse_tree import Tree, listed, options, word
from schemadiff.desired.reading.refusals import does_not_connect

_TAKEN = frozenset(
    {
        "AlterDefaultPrivilegesStmt",
        "AlterExtensionContentsStmt",
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
    if for_superuser and (tag in _OF_SUPERUSERS or (tag == "CreateFunctionStmt" and not _compiled(tree))):
        return True
    match tag:
        case "DefineStmt":
            return str(tree.get("kind")) in _DEFINED
        case "CreateEventTrigStmt":
            return tree.get("eventname") != "login"
        case "CommentStmt":
            return tree.get("objtype") == "OBJECT_EXTENSION"
        case "AlterObjectSchemaStmt":
            return tree.get("objectType") == "OBJECT_EXTENSION"
        case "DropStmt":
            return tree.get("removeType") == "OBJECT_EXTENSION"
        case "CreateSchemaStmt":
            return "schemaElts" not in tree
        case "CreateSubscriptionStmt":
            return for_superuser and tree.get("conninfo") == CONNECTION and does_not_connect(tree)
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


def defines(tag: str, tree: Tree) -> bool:
    """Whether a statement defines an object in a way that may be reserved for superusers.

    It may load C code, so only what a superuser has created elsewhere may run: no text from files.
    """
    return tag in _DEFINING or _only(tag, tree, _OPTIONS_ALONE)


def changes_owner(tag: str, tree: Tree) -> bool:
    """Whether a statement does nothing but change the owner of an object."""
    return tag == "AlterOwnerStmt" or _only(tag, tree, frozenset({"AT_ChangeOwner"}))


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
