"""What differs between two catalogs, object by object. Names no kind: the kinds declare how they compare."""

from dataclasses import dataclass

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.sql import Quoted


@dataclass(frozen=True, slots=True)
class Change:
    """One object that is new (`before` is None), gone (`after` is None) or different in `fields`."""

    identity: Identity
    before: CatalogObject | None
    after: CatalogObject | None
    fields: tuple[str, ...] = ()

    @property
    def replaces(self) -> bool:
        """Whether the object must be dropped and created to get from `before` to `after`."""
        if self.before is None or self.after is None:
            return False
        # A key differs where a type of another kind took the name: its comment is called the same.
        kept = all(field in self.after.ALTERING for field in self.fields)
        return not kept or self.after.must_replace(self.before)

    @property
    def rebuilds(self) -> bool:
        """Whether what uses the object must step aside while it is altered."""
        if self.before is None or self.after is None:
            return False
        return any(self.after.ALTERING[field][1] for field in self.fields if field in self.after.ALTERING)


def diff(live: Catalog, desired: Catalog) -> dict[Identity, Change]:
    """Every object that is not the same on both sides."""
    changes: dict[Identity, Change] = {}
    for kind, cls in BY_NAME.items():
        old, new = live.rows.get(kind, {}), desired.rows.get(kind, {})
        if old == new:
            continue
        differing = [name for name, values in old.items() if values != new.get(name)]
        for name in sorted([*differing, *(new.keys() - old.keys())]):
            before, after = old.get(name), new.get(name)
            if before is not None and after is not None and before[: cls.COMPARED] == after[: cls.COMPARED]:
                continue
            identity = Identity(kind, Quoted(name))
            fields = _fields(cls, before, after) if before is not None and after is not None else ()
            changes[identity] = Change(identity, live.get(identity), desired.get(identity), fields)
    return changes


def _fields(cls: type[CatalogObject], before: tuple[object, ...], after: tuple[object, ...]) -> tuple[str, ...]:
    compared = zip(cls.COLUMNS[: cls.COMPARED], before, after, strict=False)
    return tuple(name for name, old, new in compared if old != new)
