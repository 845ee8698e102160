"""Files that pg_dump wrote, and what stands in them that no other file may contain."""

import re
from typing import cast

from schemadiff.desired.reading.parse_tree import Tree, listed
from schemadiff.desired.reading.source import Source

_EMPTY_PATH = re.compile(r"set_config\s*\(\s*'search_path'\s*,\s*''", re.IGNORECASE)
"""What every dump since 2018 does before it creates anything, also where its comments were taken out."""

_MIGRATIONS = frozenset(
    {"_prisma_migrations", "alembic_version", "ar_internal_metadata", "django_migrations", "flyway_schema_history"}
    | {"goose_db_version", "knex_migrations", "migrations", "pgmigrations", "schema_migrations"}
)
"""Tables in which tools keep which migrations have run; some write their rows below the dump."""

_OF_DATABASES = frozenset({"CreatedbStmt", "DropdbStmt", "AlterDatabaseStmt", "AlterDatabaseSetStmt"})
_ABOUT_DATABASES = frozenset({"OBJECT_DATABASE", "OBJECT_TABLESPACE"})
_TAKEN_AWAY = frozenset({"AT_DropConstraint", "AT_ColumnDefault", "AT_DropIdentity"})
"""What --clean does to tables before it drops them."""


def is_dump(source: Source) -> bool:
    """Whether pg_dump wrote the file, as it is or with changes."""
    return _EMPTY_PATH.search(source.text) is not None


def passed_over(tag: str, tree: Tree) -> str:
    """What a statement is that a dump may contain although it declares nothing; empty for all others."""
    match tag:
        case "VariableSetStmt" if tree.get("name") == "session_authorization":
            return "SET SESSION AUTHORIZATION"
        case "InsertStmt":
            return _insert(tree)
        case "DropStmt":
            return "DROP"
        case "AlterTableStmt" if _takes_away(tree):
            return "DROP"
        case "CommentStmt" | "GrantStmt" | "AlterOwnerStmt" | "SecLabelStmt":
            about = tree.get("objtype") or tree.get("objectType")
            return "about the database" if about in _ABOUT_DATABASES else ""
    return "about the database" if tag in _OF_DATABASES else ""


def _insert(tree: Tree) -> str:
    """The words for rows in the table of a migration tool."""
    name = str(cast(Tree, tree.get("relation", {})).get("relname"))
    selected = cast(dict[str, Tree], tree.get("selectStmt", {})).get("SelectStmt", {})
    return f"INSERT into {name}" if name in _MIGRATIONS and "valuesLists" in selected else ""


def _takes_away(tree: Tree) -> bool:
    """Whether ALTER TABLE does what --clean does before it drops a table, and nothing else."""
    actions = [action["AlterTableCmd"] for action in listed(tree, "cmds")]
    return all(action.get("subtype") in _TAKEN_AWAY and "def" not in action for action in actions)
