"""Statements that declare nothing although they look as if they did: rows, jobs, temporary objects, present values."""

import re
from typing import cast

from schemadiff.catalog.kinds import ROWS
from schemadiff.desired.reading.declared_rows import NotLiteral, row_declared
from schemadiff.desired.reading.parse_tree import Tree, listed, nodes, options, strings

_FORM = {cls.KIND: f"one is declared by {cls.ROWS.form}" for cls in ROWS if cls.ROWS}
_LATER = "run it on live by hand, or in a migration of its own"
_FORMS = (
    ("storage", re.compile("buckets.*"), "this declares no bucket", _FORM["bucket"]),
    ("cron", re.compile(".*"), "this declares no cron job", _FORM["cron job"]),
    ("pgmq", re.compile(".*"), "this declares no queue", _FORM["queue"]),
    ("vault", re.compile(".*"), "secrets of the vault cannot be declared, and do not belong in files", ""),
    ("net", re.compile("http_.*"), "requests cannot be declared", ""),
)
"""Schema and names of what only rows or calls make: why it cannot be declared, and what can be."""

_IN_BLOCKS = re.compile(
    r"\b(?:insert\s+into|update|delete\s+from)\s+\"?(?P<table_of>storage|cron|vault)\"?\s*\.\s*\"?(?P<table>\w+)"
    r"|\b\"?(?P<schema>cron|pgmq|vault|net)\"?\s*\.\s*\"?(?P<function>schedule\w*|unschedule|alter_job|create\w*"
    r"|update_secret|drop_queue|send\w*|http_\w+)\"?\s*\(",
    re.IGNORECASE,
)
"""Such rows and calls within the text of a DO block."""

_ROWS = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "SelectStmt", "CallStmt", "TruncateStmt"})

_OF_THE_SERVER = {
    "OBJECT_DATABASE": "database",
    "OBJECT_TABLESPACE": "tablespace",
    "OBJECT_LARGEOBJECT": "large object",
}


def without_effect(tag: str, tree: Tree, *, roles: bool = False) -> tuple[str, str] | None:
    """Why a statement would have no effect, and what to do instead; with `roles`, these may be declared."""
    if tag in _ROWS or tag == "DoStmt":
        return _undeclarable(tag, tree)
    if _temporary(tree):
        return "what is temporary ends with the session: files would load it for nothing", "remove it, or TEMPORARY"
    match tag:
        case "CreateTableAsStmt" if tree.get("objtype") == "OBJECT_TABLE" and not _without_rows(tree):
            return (
                "CREATE TABLE AS fills the table with rows, and a plan would create it without",
                "write WITH NO DATA, or the columns; put rows in a folder backfills",
            )
        case "ImportForeignSchemaStmt":
            return "IMPORT FOREIGN SCHEMA would connect to another server", "write CREATE FOREIGN TABLE"
        case "AlterSeqStmt" if "restart" in dict(options(tree)):
            return _RESTART
        case "AlterTableStmt" if any(_restarts(action["AlterTableCmd"]) for action in listed(tree, "cmds")):
            return _RESTART
        case "CommentStmt" | "GrantStmt" | "SecLabelStmt":
            return _about_the_server(tag, str(tree.get("objtype")), roles=roles)
    return None


_RESTART = (
    "RESTART sets where a sequence stands now, and files declare how it is",
    "write START WITH for where it begins, or remove it and run setval() on live by hand",
)


def declares_rows(tag: str, tree: Tree) -> bool:
    """Whether a statement declares rows of a table of the platform."""
    try:
        return row_declared(tag, tree) is not None
    except NotLiteral:
        return False


def _undeclarable(tag: str, tree: Tree) -> tuple[str, str] | None:
    """What such rows or calls would make."""
    try:
        if row_declared(tag, tree):
            return None
    except NotLiteral as why:
        return "this cannot be read as a declaration", str(why)
    for schema, name in _used(tag, tree):
        for of_schema, pattern, reason, instead in _FORMS:
            if schema == of_schema and pattern.fullmatch(name):
                return reason, f"{_LATER}; {instead}" if instead else _LATER
    return None


def _used(tag: str, tree: Tree) -> list[tuple[str, str]]:
    """Schema and name of the tables that a statement writes and of the functions that it calls."""
    if tag == "DoStmt":
        texts = [str(word_of) for word_of in (_text(option["DefElem"]) for option in listed(tree, "args")) if word_of]
        found = [match for text in texts for match in _IN_BLOCKS.finditer(text)]
        return [
            ((one["schema"] or one["table_of"]).lower(), (one["function"] or one["table"]).lower()) for one in found
        ]
    relation = cast(Tree, tree.get("relation", {}))
    written = [(str(relation.get("schemaname", "")), str(relation.get("relname", "")))]
    calls = [strings(node["funcname"]) for node in nodes(tree) if "funcname" in node]
    return [*written, *((names[-2], names[-1]) for names in calls if len(names) > 1)]


def _text(element: Tree) -> str:
    return str(cast(dict[str, Tree], element.get("arg", {})).get("String", {}).get("sval", ""))


def _temporary(tree: Tree) -> bool:
    """Whether a statement creates something temporary."""
    into = cast(Tree, tree.get("into", {}))
    created = (tree.get("view"), tree.get("sequence"), into.get("rel"), tree.get("relation"))
    return any(cast(Tree, one or {}).get("relpersistence") == "t" for one in created)


def _without_rows(tree: Tree) -> bool:
    return bool(cast(Tree, tree.get("into", {})).get("skipData"))


def _restarts(action: Tree) -> bool:
    items = listed(cast(dict[str, Tree], action.get("def", {})).get("List", {}), "items")
    return any(item.get("DefElem", {}).get("defname") == "restart" for item in items)


def _about_the_server(tag: str, objtype: str, *, roles: bool) -> tuple[str, str] | None:
    """Why a comment or a grant on what belongs to the server has no effect."""
    verb = {"CommentStmt": "COMMENT", "GrantStmt": "GRANT", "SecLabelStmt": "SECURITY LABEL"}[tag]
    if objtype in _OF_THE_SERVER:
        kind = _OF_THE_SERVER[objtype]
        return f"{verb} on a {kind}: that is the server's, or data, and no plan touches it", "remove it"
    if objtype in ("OBJECT_ROLE", "OBJECT_PARAMETER_ACL") and not roles:
        return (
            f"{verb}: roles and what they may set belong to the server, not to a schema",
            "remove it, or include roles: --roles, or roles = true in schemadiff.toml",
        )
    return None
