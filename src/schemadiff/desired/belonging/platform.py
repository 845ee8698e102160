"""Which objects are not the files' to declare: the platform's, the system's and schemadiff's own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from schemadiff.catalog.scope import LEDGER_SCHEMAS, PLATFORM_TABLES_WITH_POLICIES, Scope
from schemadiff.desired.belonging.objects import Named, functions_called, named_by, published
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.dumped import is_dump
from schemadiff.desired.reading.parse_tree import Tree, listed, options

_TRIGGERED = frozenset({"AT_EnableTrig", "AT_DisableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig"})
_OWNED = frozenset({"event trigger", "foreign-data wrapper", "publication", "schema", "server", "subscription"})
"""Kinds that belong to others if their owner does; what lies in a schema of ours is ours, whoever owns it."""


@dataclass
class Others:
    """Tells what belongs to others under a scope, and learns from what it is asked in the order of the files."""

    scope: Scope
    given: set[tuple[str, str]] = field(default_factory=set)
    """Kinds and names of what a dump gives to roles of the platform."""
    _ours: set[tuple[str, str | None, str, str | None]] = field(default_factory=set)
    """Triggers and policies of ours on tables of the platform."""
    _event_triggers: set[str] = field(default_factory=set)

    def named(self, statement: DesiredStatement) -> tuple[Named, ...]:
        """The objects that a statement is about and that belong to others."""
        objects = named_by(statement.tag, statement.tree, statement.declares, statement.settings)
        if statement.tag == "AlterDefaultPrivilegesStmt" and (roles := self._foreign_roles(statement.tree)):
            return (Named("default privileges", None, f"of {', '.join(roles)}"),)
        return tuple(one for one in objects if not self._mine(one, statement))

    def all_of(self, statement: DesiredStatement) -> bool:
        """Whether a statement is about objects of others alone."""
        found = self.named(statement)
        objects = named_by(statement.tag, statement.tree, statement.declares, statement.settings)
        return bool(found) and len(found) >= len(objects)

    def learn_owners(self, statements: Iterable[DesiredStatement]) -> None:
        """Take note of what dumps give to roles of the platform."""
        for statement in statements:
            self.learn_owner(statement, _receivers(statement.tag, statement.tree))

    def learn_owner(self, statement: DesiredStatement, roles: Iterable[str]) -> None:
        """Take note that these roles own what a statement is about."""
        if any(not self.scope.holds_role(role) for role in roles):
            objects = named_by(statement.tag, statement.tree, statement.declares)
            self.given.update((one.kind, one.name) for one in objects if one.kind in _OWNED)

    def why(self, one: Named) -> str:
        """Whose the object is."""
        if one.schema in LEDGER_SCHEMAS or one.name in LEDGER_SCHEMAS:
            return "schemadiff's own"
        schema = one.name if one.kind == "schema" else one.schema or ""
        return "the system's" if schema.startswith("pg_") or schema == "information_schema" else "the platform's"

    def _mine(self, one: Named, statement: DesiredStatement) -> bool:
        match one.kind:
            case "schema":
                return self._holds_schema(one.name) or bool(statement.tree.get("if_not_exists"))
            case "extension":
                return statement.tag == "CreateExtensionStmt" or self.scope.holds_extension(one.name)
            case "publication" if one.name in self.scope.platform_publications:
                if statement.tag == "CreatePublicationStmt":
                    return not is_dump(statement.source)  # where live has lost it
                return any(self._holds(table) for table in published(statement.tree))
            case "event trigger":
                return self._of_our_event_trigger(one, statement.tree)
            case "objects in schema":
                return self._holds_schema(one.name)
        return self._holds(one) or self._hangs(one, statement)

    def _of_our_event_trigger(self, one: Named, tree: Tree) -> bool:
        called = functions_called(tree)
        if (called and called[0] and not self._holds_schema(called[0])) or ("event trigger", one.name) in self.given:
            self._event_triggers.add(one.name)
        return one.name not in self._event_triggers

    def _holds(self, one: Named) -> bool:
        """Whether the object, or the schema that it is in, is ours."""
        if one.kind == "schema":
            return self._holds_schema(one.name)
        if one.schema is not None and not self._holds_schema(one.schema):
            return False
        return (one.kind, one.name) not in self.given

    def _holds_schema(self, name: str) -> bool:
        return self.scope.holds_schema(name) and (name == "public" or ("schema", name) not in self.given)

    def _hangs(self, one: Named, statement: DesiredStatement) -> bool:
        """Whether it is ours on a table of the platform: a trigger that calls our function, or a policy there."""
        if not self.scope.supabase:
            return False
        if statement.tag == "AlterTableStmt":
            actions = [action["AlterTableCmd"] for action in listed(statement.tree, "cmds")]
            return all(
                action.get("subtype") in _TRIGGERED
                and ("trigger", one.schema, one.name, str(action.get("name"))) in self._ours
                for action in actions
            )
        place = (one.kind, one.schema, one.name, one.part)
        if one.kind == "policy" and (one.schema, one.name) in PLATFORM_TABLES_WITH_POLICIES:
            self._ours.add(place)
        if statement.tag == "CreateTrigStmt":
            called = functions_called(statement.tree)
            if called and (called[0] is None or self._holds_schema(called[0])):
                self._ours.add(place)
        return place in self._ours

    def _foreign_roles(self, tree: Tree) -> list[str]:
        given = dict(options(tree)).get("roles", {})
        roles = [role["RoleSpec"] for role in listed(given.get("List", {}), "items")]
        names = [str(role.get("rolename", "")) for role in roles]
        return [name for name in names if not self.scope.holds_role(name)]


def _receivers(tag: str, tree: Tree) -> list[str]:
    """The new owners that a statement names."""
    if tag == "AlterOwnerStmt":
        return [str(cast(Tree, tree.get("newowner", {})).get("rolename"))]
    if tag == "AlterTableStmt":
        actions = [action["AlterTableCmd"] for action in listed(tree, "cmds")]
        owners = [cast(Tree, action["newowner"]) for action in actions if "newowner" in action]
        return [str(owner.get("rolename")) for owner in owners]
    return []
