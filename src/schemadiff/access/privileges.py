"""Which privileges roles have on objects, schemas and columns, in scope or out of it."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from schemadiff.access.roles import READS_ALL, WRITES_ALL, Actor
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.sql import Quoted, last_name, qualifier
from schemadiff.catalog.surroundings import Grants, Surroundings

_WRITING = frozenset({"INSERT", "UPDATE", "DELETE"})

_NOBODY: Grants = {}


class Privileges:
    """The privileges that a catalog and its surroundings tell of."""

    def __init__(self, catalog: Catalog, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._by_object: dict[tuple[str, str], dict[Quoted, frozenset[str]]] = defaultdict(dict)
        self._by_column: dict[str, dict[Quoted, dict[Quoted, frozenset[str]]]] = defaultdict(dict)
        places = [Privilege.COLUMNS.index(name) for name in ("target_kind", "target", "grantee", "granted", "column")]
        for values in catalog.rows.get(Privilege.KIND, {}).values():
            kind, target, grantee, granted, column = (values[place] for place in places)
            names = frozenset(name.rstrip("*") for name in granted)  # type: ignore[attr-defined]
            if column is None:
                self._by_object[str(kind), str(target)][Quoted(str(grantee))] = names
            else:
                granted_to = self._by_column[qualifier(str(target))].setdefault(last_name(str(target)), {})
                granted_to[Quoted(str(grantee))] = names
        self._catalog = catalog

    @cached_property
    def _owners(self) -> Mapping[tuple[str, str], Quoted]:
        rows = self._catalog.rows.get(Owner.KIND, {}).values()
        kind, target, role = (Owner.COLUMNS.index(name) for name in ("target_kind", "target", "role"))
        return {(str(values[kind]), str(values[target])): Quoted(str(values[role])) for values in rows}

    def owner(self, kind: str, name: str) -> Quoted | None:
        """Who owns an object, None where nobody can tell."""
        if (kind, name) in self._owners:
            return self._owners[kind, name]
        foreign = self._surroundings.relations.get(Quoted(name))
        return foreign.owner if foreign else None

    def has(self, actor: Actor, privilege: str, kind: str, name: str) -> bool:
        """Whether a role has a privilege on a whole object."""
        if actor.superuser or _by_membership(actor, privilege, kind):
            return True
        return _granted(actor, privilege, self._grants(kind, name))

    def columns(self, actor: Actor, privilege: str, name: str) -> frozenset[Quoted]:
        """The columns of a relation on which a role has a privilege by itself."""
        foreign = self._surroundings.relations.get(Quoted(name))
        by_column = foreign.columns if foreign else self._by_column.get(name, {})
        return frozenset(column for column, grants in by_column.items() if _granted(actor, privilege, grants))

    def enters(self, actor: Actor, schema: Quoted) -> bool:
        """Whether a role may use a schema."""
        return self.has(actor, "USAGE", "schema", schema)

    def _grants(self, kind: str, name: str) -> Grants:
        if (kind, name) in self._by_object:
            return self._by_object[kind, name]
        if kind == "schema":
            return self._surroundings.schemas.get(Quoted(name), _NOBODY)
        foreign = self._surroundings.relations.get(Quoted(name))
        return foreign.granted if foreign else _NOBODY

    def schema_of(self, identity: Identity) -> Quoted:
        """The schema in which a relation, sequence or routine stands."""
        return qualifier(identity.name)


def _granted(actor: Actor, privilege: str, grants: Grants) -> bool:
    return any(privilege in names and role in actor.acts_as for role, names in grants.items())


def _by_membership(actor: Actor, privilege: str, kind: str) -> bool:
    """What the roles pg_read_all_data and pg_write_all_data bring: nothing about routines."""
    if kind in ("function", "procedure", "aggregate", "type"):
        return False
    if privilege == "USAGE" and kind == "schema":
        return not actor.acts_as.isdisjoint({READS_ALL, WRITES_ALL})
    if privilege == "SELECT":
        return READS_ALL in actor.acts_as
    return privilege in _WRITING and WRITES_ALL in actor.acts_as
