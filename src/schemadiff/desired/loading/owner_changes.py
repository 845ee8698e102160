"""Giving objects to other roles on a scratch server, as a role that owns them and is a member of the new owners."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from secrets import token_hex
from typing import cast

import psycopg
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.scope import REACHING_OUT, ROWS_ROLE
from schemadiff.desired.loading.session_authorization import ONE_AT_A_TIME, acting_as, promoted
from schemadiff.desired.reading.parse_tree import Tree, listed, parse
from schemadiff.scratch.superuser_session import run_alone, without_event_triggers

_WRAPPER = "OBJECT_FDW"

_OWNS_WRAPPER = """
SELECT FROM pg_catalog.pg_foreign_data_wrapper AS w
WHERE w.fdwname = %s AND pg_catalog.pg_has_role(%s, w.fdwowner, 'MEMBER')
"""

_FORBIDDEN = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolname = ANY (%s))"


def changes_owner(tag: str, tree: Tree) -> bool:
    """Whether a statement does nothing but change the owner of an object."""
    if tag == "AlterOwnerStmt":
        return True
    return tag == "AlterTableStmt" and all(
        action["AlterTableCmd"].get("subtype") == "AT_ChangeOwner" for action in listed(tree, "cmds")
    )


def give(
    admin: psycopg.Connection,
    owner: str,
    statements: Sequence[str],
    search_path: str = "",
    *,
    to_superusers: bool = False,
) -> None:
    """Run statements that change owners of what `owner` owns, by a superuser's session but not with its rights.

    They run as a role that is a member of the old owner and the new ones, and no superuser: so Postgres gives away
    nothing of the system's or of others', and nothing to a superuser. The new owners need no rights in a schema
    meanwhile. With `to_superusers`, those may get what they own on live, too. Raises psycopg.Error.
    """
    parsed = [parse(text) for text in statements]
    wrappers = [text for text, (tag, tree) in zip(statements, parsed, strict=True) if _of_wrapper(tag, tree)]
    others = [text for text in statements if text not in wrappers]
    receivers = set(_receivers(parsed))
    with (
        ONE_AT_A_TIME,
        admin.transaction(),
        without_event_triggers(admin),
        _broker(admin, {owner, *receivers}) as broker,
    ):
        if not to_superusers:
            _refuse_superusers(admin, receivers)
        with promoted(admin, receivers), acting_as(admin, broker, search_path):
            run_alone(admin, others)
        for text in wrappers:
            _give_wrapper(admin, owner, broker, text)


def _give_wrapper(admin: psycopg.Connection, owner: str, broker: str, text: str) -> None:
    """Foreign-data wrappers are given away by superusers alone, and to superusers alone, at that moment."""
    tag, tree = parse(text)
    name = cast(dict[str, Tree], tree["object"])["String"].get("sval")
    if admin.execute(_OWNS_WRAPPER, [name, owner]).fetchone() is None:
        raise InsufficientPrivilege(f'must be owner of foreign-data wrapper "{name}"')
    with promoted(admin, {broker, *_receivers([(tag, tree)])}), acting_as(admin, broker, ""):
        run_alone(admin, [text])


def _of_wrapper(tag: str, tree: Tree) -> bool:
    return tag == "AlterOwnerStmt" and tree.get("objectType") == _WRAPPER


def _receivers(statements: Iterable[tuple[str, Tree]]) -> Iterator[str]:
    """The new owners. Raises InsufficientPrivilege where one is not told by its name."""
    for tag, tree in statements:
        actions = [action["AlterTableCmd"] for action in listed(tree, "cmds")] if tag == "AlterTableStmt" else [tree]
        for action in actions:
            role = cast(dict[str, str], action.get("newowner", {})).get("rolename")
            if role is None:
                raise InsufficientPrivilege("the new owner is not told by its name")
            yield role


def _refuse_superusers(admin: psycopg.Connection, receivers: Iterable[str]) -> None:
    for (name,) in admin.execute(_FORBIDDEN, [list(receivers), list(REACHING_OUT)]):
        raise InsufficientPrivilege(f'role "{name}" may do more than work in a database, and gets no objects')


_GRANTABLE = """
SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = ANY (%s) AND rolname <> 'pg_database_owner' ORDER BY 1
"""
"""The system grants that role by itself."""


@contextmanager
def _broker(admin: psycopg.Connection, roles: Iterable[str]) -> Iterator[str]:
    """A role, in an open transaction of `admin`, that is a member of those of the roles that may have members."""
    name = f"{ROWS_ROLE}{token_hex(4)}"
    broker = Identifier(name)
    admin.execute(SQL("CREATE ROLE {}").format(broker))
    for (role,) in admin.execute(_GRANTABLE, [list(roles)]).fetchall():
        admin.execute(SQL("GRANT {} TO {}").format(Identifier(role), broker))
    yield name
    admin.execute(SQL("DROP ROLE {}").format(broker))
