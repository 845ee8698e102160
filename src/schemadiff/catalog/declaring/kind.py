"""How a kind of database object is declared: its fields say how it is compared, its methods how it is written.

Each field is declared with one of four rules, from which equality, diff and fingerprint are derived:

* `key()`      part of what the object is; two objects with different keys are different objects
* `alters()`   a difference is made good in place, by the method `alter_<field>` or the one named with `by`
* `replaces()` a difference means drop and create, with everything that depends on the object
* `carries()`  read along because writing needs it; never a difference by itself
"""

from collections.abc import Callable, Iterable, Set
from dataclasses import fields, replace
from typing import ClassVar, Self, TypeVar, dataclass_transform

from schemadiff.catalog.declaring.fields import Rule, alters, carries, key, replaces
from schemadiff.catalog.declaring.row import Row, row_class
from schemadiff.catalog.declaring.words import FieldWords, Words
from schemadiff.catalog.identity import Identity, natural
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import Version
from schemadiff.errors import PlanningError


@row_class
class CatalogObject(Row):
    """One object of one kind, as one row of the kind's catalog query.

    The query returns `objid`, `objsubid`, `identity`, then the kind's fields in the order in which they are
    declared, then `owner` if `OWNED` and `acl` if `GRANTABLE`. Carried fields stand last.
    """

    identity: Quoted = key()

    KIND: ClassVar[str]
    CATALOG: ClassVar[str]
    """The system catalog that `objid` is a row of."""
    QUERY: ClassVar[str] = ""
    RARE: ClassVar[str] = ""
    """Rows of a system catalog without which a database holds no such object, so that QUERY need not be sent."""
    NUMEROUS: ClassVar[bool] = False
    """Whether there are so many that their rows are taken while the server answers the other queries."""
    KEYWORD: ClassVar[str]
    """What stands before the name in COMMENT ON, ALTER and DROP."""
    OWNED: ClassVar[bool] = False
    GRANTABLE: ClassVar[str | None] = None
    """The letter of the object type for acldefault() if the object has privileges."""
    GRANTED_AS: ClassVar[str] = "identity"
    """The field that holds the object's name as GRANT takes it."""
    STANDS_FOR: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    """Edges recorded with an object of the same name that belong to this one: (its kind, needed kind, type).

    A sequence's ownership by a column is an object of its own, yet pg_depend records the edge with the sequence.
    """
    ANNOUNCES: ClassVar[tuple[str, ...]] = ()
    """Kinds of objects of the same name that this one precedes, such as the shell of a base type: what such an object
    and another one both need of each other, the other one needs of this object instead."""
    SURVIVES_REBUILD: ClassVar[bool] = False
    """Whether Postgres carries the object along when an object it uses changes with `rebuilds`."""
    LETS_GO: ClassVar[bool] = True
    """Whether altering the object rids it of what it needed before and needs no more."""
    SHARED_WITH_CHILDREN: ClassVar[bool] = False
    """Whether children of a table must have what the parent has of this kind."""
    MOVES_WITH_TABLE: ClassVar[bool] = False
    """Whether an object of the kind is a part of its table that stays with it wherever it goes."""
    TAKES_CLAUSES: ClassVar[bool] = True
    """Whether others can still be folded into the object when it has a statement of its own."""
    HOLDS_DATA: ClassVar[bool] = False
    NOT_PASSED_ON: ClassVar[frozenset[str]] = frozenset()
    """Fields that Postgres changes on the table alone, and not on its children."""
    SATELLITE: ClassVar[bool] = False
    """Whether the object describes another one (`target`) and has no address of its own."""
    WORDS: ClassVar[Words] = Words()
    WORDING: ClassVar[dict[str, FieldWords]]
    """How operations on the objects are told, and each compared field."""
    COMPARED: ClassVar[int]
    ALTERING: ClassVar[dict[str, tuple[str, bool]]]
    """Altered field to its method and whether it rebuilds."""
    REPLACING: ClassVar[frozenset[str]]

    @property
    def id(self) -> Identity:
        """Kind and name."""
        return Identity(self.KIND, self.identity)

    @classmethod
    def query(cls, version: Version) -> str:
        """The catalog query for a server of `version`."""
        return cls.QUERY

    def given_back(self, before: Self) -> Self:
        """The object as it is made again where `before` was dropped for it."""
        return self

    def lost_by_replacing(self, before: Self) -> tuple[Hazard, ...]:
        """What befalls values of others when `before` is dropped and this object is made in its place."""
        return ()

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterable[Statement]:
        """What makes the object; `parts` are the clauses of objects folded into it."""
        raise PlanningError(f"a {self.KIND} cannot be created by itself: {self.identity}")

    def create_online(self, parts: tuple[Sql, ...] = ()) -> Iterable[Statement]:
        """The same where the table that holds the object is in use already."""
        return self.create(parts)

    def drop(self) -> Iterable[Statement]:
        """What removes the object."""
        return (Statement(Sql(f"DROP {self.KEYWORD} {self.identity}")),)

    def drop_only(self) -> Iterable[Statement]:
        """The same where children of the table keep the object as their own."""
        return self.drop()

    def drop_online(self) -> Iterable[Statement]:
        """The same where the table that holds the object stays in use."""
        return self.drop()

    def replace_online(self, before: Self) -> Iterable[Statement] | None:
        """What swaps `before` for this object without a gap, or None where drop and create must do."""
        return None

    def must_replace(self, before: Self) -> bool:
        """Whether Postgres cannot alter `before` into this object although the differing fields allow it."""
        return False

    def rename(self, name: Quoted) -> Statement:
        """What gives the object another name; `name` is unqualified."""
        return Statement(Sql(f"ALTER {self.KEYWORD} {self.identity} RENAME TO {name}"), (Hazard.BREAKS_CLIENTS,))

    def named_parts(self) -> tuple[str, ...]:
        """Unquoted names of parts that are no objects and can be renamed: an enum's labels, a type's attributes."""
        return ()

    def rename_part(self, old: str, new: str) -> Statement:
        """What gives one of `named_parts` another name."""
        raise PlanningError(f"a {self.KIND} has no part that can be renamed: {old} of {self.identity}")

    def likeness(self) -> object:
        """What stays when only the name changes: objects of equal likeness differ by a rename. None: unknown."""
        return None

    def release(self) -> Iterable[Statement] | None:
        """What frees an object with data from what it uses, so that this can be replaced; None drops the object."""
        return None

    def restore(self) -> Iterable[Statement]:
        """What undoes `release`."""
        return ()

    def clause(self) -> Sql | None:
        """The object as a clause inside the statement that creates `within()`, or None if it cannot be one."""
        return None

    def clause_with(self, parts: tuple[Sql, ...]) -> Sql | None:
        """The clause with those of objects folded into this one: a column's with its default."""
        return self.clause()

    def remainder(self) -> Iterable[Statement]:
        """What the clause cannot say and must follow the statement that it stands in."""
        return ()

    def within(self) -> Identity | None:
        """The object that this one is a part of: the table of a column, index, trigger or policy."""
        return None

    def inherited_from(self) -> Identity | None:
        """The object of the same kind on a parent table whose changes Postgres makes here too."""
        return None

    def made_with_parent(self) -> bool:
        """Whether creating `inherited_from()` creates this object too."""
        return self.inherited_from() is not None

    def survives(self, *, released: bool, rebuilt: int) -> bool:
        """Whether the object may stay while what it uses changes its type.

        `released` tells that what it uses is of another type for a while, `rebuilt` how much of it changes.
        """
        return self.SURVIVES_REBUILD

    def tightens(self, before: "CatalogObject | None") -> Identity | None:
        """The domain whose values the object checks and `before` did not: None where it is as it was."""
        return None

    def falls_silently(self) -> bool:
        """Whether the DROP of what holds the object is enough; else it is dropped by itself before."""
        return True

    def comes_with_parents(self) -> bool:
        """Whether joining the parents brings the object, so that it has no statement of its own."""
        return False

    def made_anew_by_joining(self) -> bool:
        """Whether joining the parents makes the object even where the table has one like it."""
        return False

    def unlike_parents(self) -> Iterable[Statement]:
        """What an object that `comes_with_parents` has beyond what joining brings."""
        return ()

    def set_with_parent(self) -> bool:
        """Whether giving the parent such an object overwrites the one that the child has."""
        return False

    def goes_with_parent(self) -> bool:
        """Whether dropping `inherited_from()` drops this object too."""
        return self.inherited_from() is not None

    def changed_by(self, names: Set[str]) -> Identity | None:
        """The object whose alteration changes fields `names` of this one too, or drops it where none are named."""
        return None

    def owned_with(self) -> Identity | None:
        """The object whose owner is always this one's owner too."""
        return None

    def replaced_with(self) -> Identity | None:
        """What must be made anew when this object changes under what uses it: a table by its partition key."""
        return None

    def takes_over(self, before: Self) -> tuple[Identity, ...]:
        """Objects that altering `before` into this one makes or drops by the way."""
        return ()

    def draws_on(self, before: Self) -> tuple[Identity, ...]:
        """Objects that must be there while `before` is altered into this one, however new or doomed they are."""
        return ()

    def leaves_to_change(self, before: Self, above: tuple[Self, Self], *, released: bool) -> bool:
        """Whether the table must leave its parent while the object changes, or the parent's, which is `above`.

        `released` tells that the parent's is of another type for a while.
        """
        return False

    def passed_on(self, above: tuple[Self, Self], names: Set[str]) -> Self:
        """What becomes of the object when Postgres does to it what changed fields `names` of the parent's.

        `above` is the parent's before and after.
        """
        return replace(self, **{name: getattr(above[1], name) for name in names})

    def alters_first(self, parent: Self, names: Set[str]) -> bool:
        """Whether fields `names` change before the parent's become what `parent` has; as a rule they do after."""
        return False

    def keeps_without_parent(self) -> bool:
        """Whether the child goes on with the object as its own when the parent alone loses it."""
        return False

    def needed_to_join(self) -> bool:
        """Whether a table must have the object before it joins the parents that have it."""
        return False

    def moves_with_table(self) -> bool:
        """Whether the object goes along when its table is moved to the archive."""
        return self.MOVES_WITH_TABLE

    def closes(self) -> Identity | None:
        """The table whose columns, constraints and indexes must be in place before this object is made."""
        return None

    def waits_for(self, other: "CatalogObject") -> bool:
        """Whether `other`, which is part of one of the tables, must be in place before the object that `closes`."""
        return True

    def claims(self) -> tuple[tuple[str, str], ...]:
        """Names that no other object may bear at the same time: (namespace, name)."""
        return ()

    def precedes(self) -> tuple[Identity, ...]:
        """Objects that must be created after this one although they do not need it."""
        return ()

    def sort_key(self) -> tuple[object, ...]:
        """What orders objects of one kind where dependencies leave a choice."""
        return natural(self.identity)

    def uses(self) -> tuple[Identity, ...]:
        """Objects needed that pg_depend does not record."""
        return ()

    def uses_alone(self) -> tuple[Identity, ...]:
        """Those needed only where the object is not made with what holds it."""
        return ()


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
