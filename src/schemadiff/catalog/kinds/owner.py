"""Who owns an object."""

from schemadiff.catalog.declaring.fields import alters, key
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity, natural
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("owner", catalog="pg_authid")
class Owner(CatalogObject):
    """The owner of an object; its name is the object's as ALTER ... OWNER TO addresses it."""

    target_kind: str = key(words="kind of the object")
    target: Quoted = key()
    role: Quoted = alters(tells=True)

    WORDS = Words(
        create="set the owner of {object}", drop="leave the owner of {object}", alter="change the owner of {object}"
    )
    SATELLITE = True

    @classmethod
    def values(cls, of: type[CatalogObject], target: Quoted, role: str) -> tuple[object, ...]:
        """The row that says that `role` owns `target`."""
        return (f"{of.KEYWORD} {target}", of.KIND, target, role)

    def sort_key(self) -> tuple[object, ...]:
        """Tables come first: their owner becomes the owner of the sequences that belong to their columns."""
        return (self.target_kind == "sequence", *natural(self.identity))

    def within(self) -> Identity:
        return Identity(self.target_kind, self.target)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (Statement(Sql(f"ALTER {self.identity} OWNER TO {self.role}")),)

    def drop(self) -> tuple[Statement, ...]:
        """Every object has an owner; it goes with the object."""
        return ()

    def alter_role(self, before: "Owner") -> tuple[Statement, ...]:
        return self.create()
