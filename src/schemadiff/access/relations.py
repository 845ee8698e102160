"""How far a role gets with tables and views, and with what those stand on.

Source: Postgres docs, "Rules and Privileges", "Row Security Policies", CREATE VIEW (security_invoker).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from schemadiff.access.privileges import Privileges
from schemadiff.access.reach import Base, Extent, Reach, nothing
from schemadiff.access.reading import RELATIONS, calls, reads, written_through
from schemadiff.access.roles import Actor
from schemadiff.access.row_security import deciding, policies_by_table, reach_of
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.kinds.rule import Rule
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.kinds.view import View
from schemadiff.catalog.sql import Quoted, qualifier
from schemadiff.catalog.surroundings import Surroundings

_WRITES = {"UPDATE": 1 << 2, "INSERT": 1 << 3, "DELETE": 1 << 4}
"""The bits of View.writes: numbers of CmdType."""

_OFF = ("false", "off", "no", "0")

Path = tuple[Quoted, ...]


def is_invoker(view: View) -> bool:
    """Whether a view reads with the rights of whoever reads it."""
    options = dict(option.partition("=")[::2] for option in view.options)
    return "security_invoker" in options and options["security_invoker"].lower() not in _OFF


class Relations:
    """The tables and views of a catalog, as roles see them."""

    def __init__(
        self,
        catalog: Catalog,
        surroundings: Surroundings,
        privileges: Privileges,
        actors: Mapping[Quoted, Actor],
        entered_by: Mapping[Quoted, Quoted],
    ) -> None:
        self._entered_by = entered_by
        self._catalog, self._surroundings = catalog, surroundings
        self._privileges, self._actors = privileges, actors
        self._policies = policies_by_table(catalog)
        self._instead = {
            *(trigger.table for trigger in catalog.of(Trigger) if " INSTEAD OF " in trigger.definition),
            *(rule.table for rule in catalog.of(Rule) if " DO INSTEAD " in rule.definition),
        }

    def reach(self, actor: Actor, name: Quoted, action: str) -> Reach:
        """How far a role gets that names the relation itself."""
        if not self._privileges.enters(actor, schema := self._entered_by.get(name) or qualifier(name)):
            return nothing(f"no USAGE on schema {schema}")
        return self._reach(actor, actor, name, action, None, ())

    def _reach(
        self, current: Actor, acting: Actor, name: Quoted, action: str, needed: frozenset[Quoted] | None, path: Path
    ) -> Reach:
        """How far `current` gets by way of `path`, where the rights of `acting` count for the relation."""
        identity = self._identity(name)
        if identity is None or name in path:
            return Reach(Extent.EVERYTHING)
        columns = None
        if not self._privileges.has(acting, action, identity.kind, name):
            columns = self._privileges.columns(acting, action, name)
            if not columns or not (needed or frozenset()) <= columns:
                return nothing(f"no {action} on {identity}", culprit=identity)
        found = self._of_rows(current, acting, identity, action, (*path, name))
        return replace(found, columns=columns) if found.reaches and columns else found

    def _of_rows(self, current: Actor, acting: Actor, identity: Identity, action: str, path: Path) -> Reach:
        built = self._catalog.get(identity)
        if isinstance(built, View):
            return self._of_view(current, acting, built, action, path)
        if isinstance(built, MaterializedView):
            return Reach(Extent.EVERYTHING, reads=_named(reads(built, self._catalog)))
        if not self._is_secured(identity, acting):
            return Reach(Extent.EVERYTHING)
        policies = deciding(self._policies.get(identity.name, ()), acting, action)
        for policy in policies:
            if stopped := self._stopped(current, acting, policy, path):
                words = f"policy {policy.identity} fails: {stopped.obstacle}"
                return nothing(words, fails=True, culprit=stopped.culprit)
        return reach_of(policies, action)

    def _is_secured(self, identity: Identity, acting: Actor) -> bool:
        """Whether policies decide for a role."""
        table = self._catalog.get(identity) or self._surroundings.relations.get(identity.name)
        if acting.bypassrls or not getattr(table, "row_security", False):
            return False
        owner = self._privileges.owner(identity.kind, identity.name)
        forced = getattr(table, "force_row_security", False)
        return forced or owner is None or not acting.has_rights_of(owner)

    def _stopped(self, current: Actor, acting: Actor, built: Policy | View, path: Path) -> Reach | None:
        """What a query behind a policy or view may not do, None if nothing is in its way."""
        for routine in sorted(calls(built, self._catalog)):
            if not self._privileges.has(current, "EXECUTE", routine.kind, routine.name):
                return nothing(f"no EXECUTE on {routine}", culprit=routine)
        for base in self._bases(current, acting, built, path):
            if not base.reach.reaches and not base.reach.hidden:
                return base.reach
        return None

    def _bases(self, current: Actor, acting: Actor, built: Policy | View, path: Path) -> tuple[Base, ...]:
        reach = partial(self._reach, current, acting)
        read = sorted(reads(built, self._catalog).items())
        return tuple(Base(name, reach(name, "SELECT", columns, path)) for name, columns in read)

    def _of_view(self, current: Actor, acting: Actor, view: View, action: str, path: Path) -> Reach:
        inner = current if is_invoker(view) else self._owner(view, acting)
        if action != "SELECT" and not view.writes & _WRITES[action]:
            return nothing(f"view {view.identity} takes no {action}")
        owner = None if inner is current else inner.name
        if action != "SELECT":
            found = self._written(current, inner, view, action, path)
            return replace(found, acting=owner) if found.reaches else found
        if stopped := self._stopped(current, inner, view, path):
            words = f"view {view.identity} fails: {stopped.obstacle}"
            return nothing(words, fails=True, culprit=stopped.culprit)
        bases = self._bases(current, inner, view, path)
        if bases and not any(base.reach.reaches for base in bases):
            return nothing(bases[0].reach.obstacle, hidden=True)
        whole = all(base.reach.extent is Extent.EVERYTHING for base in bases)
        return Reach(
            Extent.EVERYTHING if whole else Extent.SOME,
            permits=frozenset().union(*(base.reach.permits for base in bases)),
            demands=frozenset().union(*(base.reach.demands for base in bases)),
            reads=_named(reads(view, self._catalog)).union(*(base.reach.reads for base in bases)),
            acting=owner,
            beneath=bases,
        )

    def _written(self, current: Actor, inner: Actor, view: View, action: str, path: Path) -> Reach:
        if view.identity in self._instead:
            return Reach(Extent.SOME)
        read = reads(view, self._catalog)
        base = written_through(view, read)
        if base is None:
            return Reach(Extent.SOME)
        found = self._reach(current, inner, base, action, frozenset(), path)
        if not found.reaches and not found.hidden:
            return nothing(f"view {view.identity} fails: {found.obstacle}", fails=True, culprit=found.culprit)
        if found.columns is not None and not found.columns & read[base]:
            if action == "INSERT":  # of defaults only
                return Reach(Extent.SOME)
            return nothing(f"view {view.identity} fails: no {action} on its columns of {base}", fails=True)
        columns = None if found.columns is None else found.columns & read[base]
        return replace(found, columns=columns, reads=frozenset({base}) | found.reads) if found.reaches else found

    def _owner(self, view: View, acting: Actor) -> Actor:
        owner = self._privileges.owner(view.KIND, view.identity)
        return acting if owner is None else self._actors.get(owner, Actor(owner, frozenset({owner, Quoted("")})))

    def _identity(self, name: Quoted) -> Identity | None:
        for kind in RELATIONS:
            if (identity := Identity(kind, name)) in self._catalog:
                return identity
        foreign = self._surroundings.relations.get(name)
        return Identity(foreign.kind, name) if foreign else None


def table_is_secured(catalog: Catalog, name: Quoted) -> bool:
    """Whether row-level security of a table in scope is on."""
    built = catalog.get(Identity(Table.KIND, name))
    return isinstance(built, Table) and built.row_security


def _named(read: Mapping[Quoted, Iterable[Quoted]]) -> frozenset[Quoted]:
    """Columns by their whole names, and relations of which none is named."""
    return frozenset(name for relation, columns in read.items() for name in _columns(relation, columns))


def _columns(relation: Quoted, columns: Iterable[Quoted]) -> list[Quoted]:
    return [Quoted(f"{relation}.{column}") for column in columns] or [relation]
