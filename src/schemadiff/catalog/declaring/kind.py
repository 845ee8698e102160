"""How a kind of database object is declared: its fields say how it is compared, its methods how it is written.

Each field is declared with one of four rules, from which equality, diff and fingerprint are derived:

* `key()`      part of what the object is; two objects with different keys are different objects
* `alters()`   a difference is made good in place, by the method `alter_<field>` or the one named with `by`
* `replaces()` a difference means drop and create, with everything that depends on the object
* `carries()`  read along because writing needs it; never a difference by itself
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import ClassVar, Self, TypeVar, dataclass_transform

from schemadiff.catalog.declaring.catalog_row import CatalogRow
from schemadiff.catalog.declaring.fields import Rule, alters, carries, key, replaces
from schemadiff.catalog.declaring.row import row_class
from schemadiff.catalog.identity import Identity, natural
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.errors import PlanningError


@row_class
class CatalogObject(CatalogRow):
    """How one object is written as SQL, and how it stands to others.

    What only some kinds can do stands in the mixins of `forms.py` and `inherited.py`.
    """

    HOLDS_DATA: ClassVar[bool] = False
    SATELLITE: ClassVar[bool] = False
    """Whether the object describes another one (`target`) and has no address of its own."""
    SURVIVES_REBUILD: ClassVar[bool] = False
    """Whether Postgres carries the object along when an object it uses changes with `rebuilds`."""
    MOVES_WITH_TABLE: ClassVar[bool] = False
    """Whether an object of the kind is a part of its table that stays with it wherever it goes."""

    NAMED_AFTER_OTHERS: ClassVar[bool] = False
    """Whether an object of the kind has no name of its own, but that of the one that it is about, and follows it."""

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterable[Statement]:
        """What makes the object; `parts` are the clauses of objects folded into it."""
        raise PlanningError(f"a {self.KIND} cannot be created by itself: {self.identity}")

    def drop(self) -> Iterable[Statement]:
        """What removes the object."""
        return (Statement(Sql(f"DROP {self.KEYWORD} {self.identity}")),)

    def must_replace(self, before: Self) -> bool:
        """Whether Postgres cannot alter `before` into this object although the differing fields allow it."""
        return False

    def survives(self, *, released: bool, rebuilt: int) -> bool:
        """Whether the object may stay while what it uses changes its type.

        `released` tells that what it uses is of another type for a while, `rebuilt` how much of it changes.
        """
        return self.SURVIVES_REBUILD

    def moves_with_table(self) -> bool:
        """Whether the object goes along when its table is moved to the archive."""
        return self.MOVES_WITH_TABLE

    def rename(self, name: Quoted) -> Statement:
        """What gives the object another name; `name` is unqualified."""
        return Statement(Sql(f"ALTER {self.KEYWORD} {self.identity} RENAME TO {name}"), (Hazard.BREAKS_CLIENTS,))

    def likeness(self) -> object:
        """What stays when only the name changes: objects of equal likeness differ by a rename. None: unknown."""
        return None

    def clause(self, parts: tuple[Sql, ...] = ()) -> Sql | None:
        """The object as a clause inside the statement that creates `within()`, or None if it cannot be one.

        `parts` are the clauses of objects folded into this one: a column's default.
        """
        return None

    def remainder(self) -> Iterable[Statement]:
        """What the clause cannot say and must follow the statement that it stands in."""
        return ()

    def within(self) -> Identity | None:
        """The object that this one is a part of: the table of a column, index, trigger or policy."""
        return None

    def uses(self) -> tuple[Identity, ...]:
        """Objects needed that pg_depend does not record."""
        return ()

    def claims(self) -> tuple[tuple[str, str], ...]:
        """Names that no other object may bear at the same time: (namespace, name)."""
        return ()

    def sort_key(self) -> tuple[object, ...]:
        """What orders objects of one kind where dependencies leave a choice."""
        return natural(self.identity)


Object = TypeVar("Object", bound=CatalogObject)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(key, alters, replaces, carries))
def kind(name: str, *, catalog: str, keyword: str | None = None) -> Callable[[type[Object]], type[Object]]:
    """Declare a class as the kind `name`, whose rows are of system catalog `catalog`.

    Raises TypeError at import when a field has no rule or an altered field no method.
    """

    def declare(cls: type[Object]) -> type[Object]:
        made: type[Object] = row_class(cls)
        made.KIND, made.CATALOG, made.KEYWORD = name, catalog, keyword or name.upper()
        rules = {f.name: f.metadata.get("rule") for f in fields(made)}
        order = list(rules)
        carried = [f for f in order if rules[f] is Rule.CARRIES]
        if None in rules.values() or order[len(order) - len(carried) :] != carried:
            raise TypeError(f"kind {name!r}: every field needs a rule, and carried fields stand last: {rules}")
        made.WORDING = {f.name: f.metadata["words"] for f in fields(made) if f.name not in carried}
        made.COLUMNS, made.COMPARED = tuple(order), len(order) - len(carried)
        made.REPLACING = frozenset(f for f in order if rules[f] is Rule.REPLACES)
        made.ALTERING = {
            f.name: (f.metadata["by"] or f"alter_{f.name}", f.metadata["rebuilds"])
            for f in fields(made)
            if rules[f.name] is Rule.ALTERS
        }
        if missing := [method for method, _ in made.ALTERING.values() if not hasattr(made, method)]:
            raise TypeError(f"kind {name!r} has no method {', '.join(missing)}")
        return made

    return declare
