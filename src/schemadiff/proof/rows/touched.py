"""Which tables' rows a plan can touch."""

import re
from collections.abc import Iterator

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, last_name
from schemadiff.plans.model import BothWays, Step

_NAME = re.compile(r'"(?:[^"]|"")+"|\w+')


def touched_tables(scripts: BothWays, live: Catalog) -> set[Quoted]:
    """The tables of live that a step of either script touches or mentions, or that use a type or function of a step."""
    steps = (*scripts.up.steps, *scripts.down.steps)
    touched: set[Quoted] = set()
    seen: set[Identity] = set()
    waiting = [identity for step in steps for identity in _named(step, live)]
    while waiting:
        identity = waiting.pop()
        if identity in seen or identity not in live:
            continue
        seen.add(identity)
        holder = live.holder(live[identity]) or identity
        if holder.kind == Table.KIND:
            touched.add(holder.name)
        else:
            waiting += live.dependencies.needed_by[identity]
    # names in strings count, too: a DO block may read any table
    mentioned = {name for step in steps for name in _NAME.findall(step.sql)}
    return touched | {Quoted(name) for name in live.rows.get(Table.KIND, ()) if last_name(name) in mentioned}


def _named(step: Step, live: Catalog) -> Iterator[Identity]:
    if step.id in live:
        yield step.id
    if step.holder and (holder := _identity_of(step.holder, live)):
        yield holder


def _identity_of(object: str, live: Catalog) -> Identity | None:
    """The object of live that is called `object` by its kind and name."""
    for kind, rows in live.rows.items():
        name = object.removeprefix(f"{kind} ")
        if name != object and name in rows:
            return Identity(kind, Quoted(name))
    return None
