"""Which tables a plan touches, and what it says beforehand it cannot bring back."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, last_name
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import BothWays, Recovery, Script, Step


def touched_tables(scripts: BothWays, live: Catalog) -> set[Quoted]:
    """The tables of live that a step of either script touches, or that use a type or function it touches."""
    found: set[Quoted] = set()
    seen: set[Identity] = set()
    texts = [step.sql for script in (scripts.up, scripts.down) for step in script.steps]
    waiting = list(_named(scripts, live))
    while waiting:
        identity = waiting.pop()
        if identity in seen or identity not in live:
            continue
        seen.add(identity)
        holder = live.holder(live[identity]) or identity
        if holder.kind == "table":
            found.add(holder.name)
        else:
            waiting += live.dependencies.needed_by[identity]
    words = set(re.findall(r'"(?:[^"]|"")+"|\w+', " ".join(texts)))
    mentioned = {Quoted(name) for name in live.rows.get("table", ()) if last_name(name) in words}
    return found | mentioned


def _named(scripts: BothWays, live: Catalog) -> Iterator[Identity]:
    for script in (scripts.up, scripts.down):
        for step in script.steps:
            for text in (step.object, step.holder):
                if text and (identity := identity_of(text, live)):
                    yield identity


def identity_of(text: str, live: Catalog) -> Identity | None:
    """The object of live that a step calls `kind name`."""
    for kind, rows in live.rows.items():
        name = text.removeprefix(f"{kind} ")
        if name != text and name in rows:
            return Identity(kind, Quoted(name))
    return None


_HOLDERS = ("table", "column")


@dataclass
class Announced:
    """What a script says it loses: objects by kind and name, with all that is in them."""

    objects: set[str] = field(default_factory=set)

    def covers(self, text: str, holders: Iterable[str]) -> bool:
        """Whether the loss of `text`, a part of the tables or columns `holders`, is announced."""
        return text in self.objects or any(f"{kind} {name}" in self.objects for name in holders for kind in _HOLDERS)


def announced(script: Script, live: Catalog, *, for_good: bool) -> Announced:
    """The losses that the steps of a script announce: `for_good` those that the other script does not make up for."""
    found = Announced()
    for step in script.steps:
        if not (_loses_for_good(step) or (Hazard.DATA_LOSS in step.hazards and not for_good)):
            continue
        found.objects.add(step.object)
        if step.operation is StepOperation.BACKFILL and step.holder:
            found.objects.add(step.holder)
        identity = identity_of(step.object, live)
        if identity is not None:
            found.objects.update(str(other) for other in _also_lost(identity, live))
    return found


def reshaped(script: Script, live: Catalog) -> set[Identity]:
    """The columns of composite types that a script alters: their values gain or lose parts."""
    found: set[Identity] = set()
    for step in script.steps:
        identity = identity_of(step.object, live)
        if identity is not None and identity.kind == "composite type":
            found.update(_also_lost(identity, live))
    return found


def _loses_for_good(step: Step) -> bool:
    return step.recovery is not Recovery.LOSSLESS or Hazard.IRREVERSIBLE in step.hazards


def _also_lost(identity: Identity, live: Catalog) -> Iterator[Identity]:
    """A column on child tables; columns of a type that loses attributes."""
    for child in live.children_of.get(identity, ()):
        yield child
        yield from _also_lost(child, live)
    if identity.kind not in ("table", "column"):
        for user in live.dependencies.needed_by[identity]:
            if user in live and isinstance(live[user], Column):
                yield user
            elif user in live and isinstance(live[user], Table):
                yield user  # it is made of the type, and others may hold its rows
                yield from (one for one in live.dependencies.needed_by[user] if one.kind == Column.KIND)
            elif user.kind in ("composite type", "domain", "range"):
                yield from _also_lost(user, live)
