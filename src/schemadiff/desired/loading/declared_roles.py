"""Roles that desired files declare, with their memberships, settings and privileges on parameters."""

from collections.abc import Collection
from dataclasses import replace
from typing import cast

import psycopg
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.scope import REACHING_OUT
from schemadiff.desired.files import Desired
from schemadiff.desired.loading.loading import failure
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.parse_tree import Tree, listed, options, strings, word

_TAGS = frozenset({"CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt", "GrantRoleStmt"})
_CURRENT = "CURRENT_USER"
_REACHING = frozenset(REACHING_OUT)
_STARTING_CODE = frozenset(
    {"allow_system_table_mods", "archive_cleanup_command", "archive_command", "archive_library"}
    | {"dynamic_library_path", "extension_control_path", "jit_provider", "local_preload_libraries", "log_directory"}
    | {"log_filename", "primary_conninfo", "recovery_end_command", "restore_command", "role", "session_authorization"}
    | {"session_preload_libraries", "shared_preload_libraries", "ssl_passphrase_command"}
)
"""Settings by which a server loads code, runs programs or writes files, or by which sessions have others' rights."""
_LISTS = ("addroleto", "rolemembers", "adminmembers")
"""Options of CREATE ROLE that grant."""


def without_roles(desired: Desired) -> tuple[Desired, tuple[DesiredStatement, ...]]:
    """The files without statements about roles, and those statements."""
    of_roles = tuple(statement for statement in desired.statements if declares_roles(statement.tag, statement.tree))
    others = tuple(statement for statement in desired.statements if not declares_roles(statement.tag, statement.tree))
    return replace(desired, statements=others), of_roles


def declares_roles(tag: str, tree: Tree) -> bool:
    """Whether a statement, by its parse tree, is about roles only, or about what parameters they may set."""
    match tag:
        case "CommentStmt":
            return tree.get("objtype") == "OBJECT_ROLE"
        case "GrantStmt":
            return tree.get("objtype") == "OBJECT_PARAMETER_ACL"
    return tag in _TAGS


def reaches_out(tag: str, tree: Tree) -> bool:
    """Whether a statement about roles lets a role do more than work in databases: with files, programs or code."""
    match tag:
        case "GrantRoleStmt":
            granted = [str(part["AccessPriv"].get("priv_name", "")) for part in listed(tree, "granted_roles")]
            return not _REACHING.isdisjoint(granted)
        case "GrantStmt":
            return not _STARTING_CODE.isdisjoint(name.lower() for name in strings(tree.get("objects")))
        case "AlterRoleSetStmt":
            return str(cast(Tree, tree.get("setstmt", {})).get("name", "")).lower() in _STARTING_CODE
    given = dict(options(tree))
    lists = [listed(given[name]["List"], "items") for name in _LISTS if name in given]
    names = [_role(cast(Tree, tree.get("role", {})))] if tag == "AlterRoleStmt" else []
    names += [name for roles in lists for name in _specified(roles)]
    return word(given.get("superuser", {})) == "true" or not _REACHING.isdisjoint(names)


def load_roles(
    statements: Collection[DesiredStatement], admin: psycopg.Connection, loader: str, left_alone: Collection[str]
) -> None:
    """Create the roles on the server of `admin`, and make `loader` a member of each; in whatever order works.

    `left_alone` are roles that the scope keeps out. DesiredError for a statement about one of them or about a
    role that was there before, and for one that fails.
    """
    query = "SELECT rolname FROM pg_catalog.pg_roles"
    before = {name for (name,) in admin.execute(query)}
    for statement in statements:
        _refuse_others(statement, before, {*left_alone, *REACHING_OUT, loader, _CURRENT})
    waiting = list(statements)
    while waiting:
        failed = [(statement, error) for statement in waiting if (error := _run(statement, admin)) is not None]
        if len(failed) == len(waiting):
            raise failure(*failed[0])
        waiting = [statement for statement, _ in failed]
    for (name,) in admin.execute(query).fetchall():
        if name not in before:
            admin.execute(SQL("GRANT {} TO {}").format(Identifier(name), Identifier(loader)))


def _run(statement: DesiredStatement, admin: psycopg.Connection) -> psycopg.Error | None:
    try:
        admin.execute(statement.sql.encode())
    except psycopg.Error as error:
        if admin.broken:
            raise
        return error
    return None


def _refuse_others(statement: DesiredStatement, before: Collection[str], left_alone: Collection[str]) -> None:
    """Raise DesiredError for a statement about roles of which none is ours, or one must not be changed."""
    changed, beside = _named(statement.tag, statement.tree)
    others = [name for name in changed if name in before]
    others += [name for name in beside if name in left_alone]
    if not others and beside and all(name in before for name in beside):
        others = beside
    if others:
        raise statement.source.error(
            statement.offset,
            f"role {others[0]!r} is not managed: it is the system's, the platform's, a superuser, or the one that "
            "runs plans, or a pattern excludes it",
            "remove the statement, or this role from it",
        )
    if reaches_out(statement.tag, statement.tree):
        raise statement.source.error(
            statement.offset,
            "this lets a role run programs, load code or use files of the server, or be another role",
            "remove the statement, and run it on live by hand",
        )


def _named(tag: str, tree: Tree) -> tuple[list[str], list[str]]:
    """The roles that a statement creates or changes, and those between which it grants."""
    if tag == "GrantRoleStmt":
        granted = [str(part["AccessPriv"].get("priv_name", "")) for part in listed(tree, "granted_roles")]
        return [], [*granted, *_specified(listed(tree, "grantee_roles"))]
    if tag == "CreateRoleStmt":
        lists = [listed(value["List"], "items") for name, value in options(tree) if name in _LISTS]
        granted = [name for roles in lists for name in _specified(roles)]
        return [str(tree["role"])], [str(tree["role"]), *granted] if granted else []
    if tag in _TAGS:
        return [_role(cast(Tree, tree.get("role", {})))], []
    return [], []


def _specified(roles: list[dict[str, Tree]]) -> list[str]:
    return [_role(role["RoleSpec"]) for role in roles]


def _role(node: Tree) -> str:
    return str(node.get("rolename", _CURRENT))
