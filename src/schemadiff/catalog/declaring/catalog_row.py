"""How a kind of database object is read: what its catalog query returns, and what stands in the catalog beside it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from schemadiff.catalog.declaring.fields import key
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.declaring.row import Row, row_class
from schemadiff.catalog.declaring.rows import RowsOf
from schemadiff.catalog.declaring.words import FieldWords, Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.versions import Version

Reader = Callable[[list[Any], Version], list[Any]]


@row_class
class CatalogRow(Row):
    """One object of one kind, as one row of the kind's catalog query.

    The query returns `objid`, `objsubid`, `identity`, then the kind's fields in the order in which they are
    declared, then `owner` if `OWNED` and `acl` if `GRANTABLE`. Carried fields stand last.
    """

    identity: Quoted = key()

    KIND: ClassVar[str]
    CATALOG: ClassVar[str]
    """The system catalog that `objid` is a row of."""
    PLACE: ClassVar[Place | None] = None
    """Where the objects stand in CATALOG, unless they are parts of others and named with them."""
    QUERY: ClassVar[str] = ""
    ROWS: ClassVar[RowsOf | None] = None
    """The table of the platform whose rows are the objects, where no system catalog has them."""
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
    SHELL_OF: ClassVar[tuple[str, ...]] = ()
    """Kinds of types of which this is the shell, under the same name: a function and such a type that need each
    other both need the shell instead.
    """
    REACHES_EVERYTHING: ClassVar[bool] = False
    """Whether the objects act on statements about others without a dependency."""
    BODY_IS_TEXT: ClassVar[bool] = False
    """Whether the objects may need what only their text tells."""
    GAINED: ClassVar[frozenset[str]] = frozenset()
    """Fields that a script leaves true when it makes the object, since no statement makes them false."""
    READ_BY: ClassVar[Mapping[str, Reader]] = MappingProxyType({})
    """What makes the values of a field of what the server printed, where that depends on the server's version."""
    NEWER: ClassVar[tuple[Newer, ...]] = ()
    """What objects may have that an older server cannot hold."""
    WORDS: ClassVar[Words] = Words()
    WORDING: ClassVar[dict[str, FieldWords]]
    """How operations on the objects are told, and each compared field."""
    COMPARED: ClassVar[int]
    """How many of the fields are compared: the first ones; those that are only carried follow."""
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
