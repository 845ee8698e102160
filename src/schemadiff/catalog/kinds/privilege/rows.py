"""The rows of kind privilege that the access control list of an object amounts to."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.privilege.acl import Given, givers, parse_acl
from schemadiff.catalog.sql import Quoted, last_name, qualifier

ON = {"view": "TABLE", "materialized view": "TABLE", "foreign table": "TABLE", "column": "TABLE",
      "view column": "TABLE", "server": "FOREIGN SERVER", "aggregate": "FUNCTION", "window function": "FUNCTION",
      "domain": "TYPE"}  # fmt: skip
"""What GRANT calls a kind where that is not the kind's own keyword."""


@lru_cache(maxsize=1000)
def _parsed(items: tuple[str, ...], untold: frozenset[str]) -> dict[Quoted, set[str]]:
    hidden = untold | {f"{name}*" for name in untold}
    return {grantee: names - hidden for grantee, names in parse_acl(items).items()}


def privilege_rows(
    of: type[CatalogObject],
    target: Quoted,
    granted_as: str,
    granted: dict[Quoted, set[str]],
    given: Mapping[Quoted, Given] = MappingProxyType({}),
) -> Iterator[tuple[object, ...]]:
    """The rows of kind privilege for what `granted` lets roles do with an object that GRANT calls `granted_as`."""
    handed_on: dict[Quoted, set[str]] = {}
    for grantee, pairs in given.items():
        for name, grantor in pairs:
            if grantor != grantee:
                handed_on.setdefault(grantor, set()).add(name)
    table, column = (qualifier(target), last_name(target)) if of.KEYWORD == "COLUMN" else (granted_as, None)
    on = f"{ON.get(of.KIND, of.KEYWORD)} {table}"
    for grantee, names in granted.items():
        if names:
            name = f"{of.KEYWORD} {target} TO {grantee or 'PUBLIC'}"
            others = (given.get(grantee, ()), tuple(sorted(handed_on.get(grantee, ()))))
            yield (name, of.KIND, target, grantee, tuple(sorted(names)), on, column, *others)


def privileges_of(
    of: type[CatalogObject],
    target: Quoted,
    granted_as: str,
    acl: Sequence[str] | None,
    untold: frozenset[str] = frozenset(),
) -> Iterator[tuple[object, ...]]:
    """The rows of kind privilege that an access control list of an object amounts to, less the privileges `untold`."""
    if acl:
        items = tuple(acl)
        yield from privilege_rows(of, target, granted_as, _parsed(items, untold), givers(items, untold))
