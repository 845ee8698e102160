"""Indexes that cost each write and serve no query that others do not."""

from collections import defaultdict
from collections.abc import Iterator

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import natural
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.lint.rule import Finding, Side
from schemadiff.plans.quantities import listed


def duplicate_index(side: Side) -> Iterator[Finding]:
    """Indexes of a table that are alike in all but their names; that of a constraint stays."""
    alike: dict[object, list[Index | Constraint]] = defaultdict(list)
    for index in side.catalog.of(Index):
        if index.valid and not index.inherits:
            alike[index.table, index.unique, _without_name(index)].append(index)
    for kind in "pu":
        for key in side.catalog.having(Constraint, "type", kind):
            if not key.inherits and key.nulls_distinct and "INCLUDE" not in key.definition:
                alike[key.table, True, f"USING btree ({', '.join(key.columns)})"].append(key)
    for found in alike.values():
        names = sorted({_name(one): one for one in found}, key=natural)
        surplus = [one for one in found if isinstance(one, Index) and one.identity != _kept(found).identity]
        if len(names) > 1 and surplus:
            drops = " ".join(f"DROP INDEX CONCURRENTLY {index.identity};" for index in surplus)
            message = f"{listed(names)} of {surplus[0].table} are alike: each write keeps all of them"
            yield Finding(surplus[0], message, drops)


def _without_name(index: Index) -> str:
    return index.definition[index.definition.index(" USING ") + 1 :]


def _name(one: CatalogObject) -> str:
    return one.identity


def _kept(found: list[Index | Constraint]) -> CatalogObject:
    """The one that stays: a constraint's, or the first by name."""
    return min(found, key=lambda one: (isinstance(one, Index), natural(one.identity)))


def unused_index(side: Side) -> Iterator[Finding]:
    """Indexes that no query of a database in use has read."""
    unused = side.statistics.unused_indexes if side.statistics else frozenset()
    for index in side.catalog.of(Index):
        if index.identity in unused and not index.unique:
            message = "no query has read it since statistics were reset, and each write keeps it"
            fix = f"DROP INDEX CONCURRENTLY {index.identity};"
            yield Finding(index, message, fix)
