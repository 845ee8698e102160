"""Which file declares an object: a folder for each schema, a file for each table, view, function or type.

What belongs to no schema lies in a folder of its own, and so does what hangs on objects of the platform.
"""

from functools import cached_property
from typing import NamedTuple

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.kinds.foreign_table import ForeignTable
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.privilege.default_privileges import DefaultPrivileges
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.kinds.sequence_owner import SequenceOwner
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, last_name, qualifier, schema_of, unquoted
from schemadiff.plans.model import Step

DATABASE = "_database"
"""The folder of what belongs to no schema; it sorts before those of most schemas."""
PLATFORM = "_platform"
"""The folder of what hangs on objects that the platform owns."""
LAST = "zz_default_privileges"
"""The file of default privileges: it is loaded last, since objects are declared with the privileges they have."""

_A_FILE_EACH = {
    "table": "tables",
    "foreign table": "tables",
    "view": "views",
    "materialized view": "views",
    "sequence": "sequences",
    "function": "functions",
    "procedure": "functions",
    "aggregate": "functions",
    "enum": "types",
    "domain": "types",
    "composite type": "types",
    "range type": "types",
    "base type": "types",
    "shell type": "types",
}
"""Folder, in that of the schema, by the kind of objects that have a file each."""

_TOGETHER = {
    "role": "roles",
    "role membership": "roles",
    "role setting": "roles",
    "parameter privilege": "roles",
    "database setting": "settings",
    "foreign-data wrapper": "foreign_servers",
    "server": "foreign_servers",
    "user mapping": "foreign_servers",
    "operator class": "operators",
    "operator family": "operators",
    "text search configuration": "text_search",
    "text search dictionary": "text_search",
    "text search parser": "text_search",
    "text search template": "text_search",
}
"""File by the kind of objects that share one; the others have the plural of their kind's name."""

FILES = {**_A_FILE_EACH, **_TOGETHER}


class Home(NamedTuple):
    """A file as folders and its name, both as objects are called, not yet as files may be."""

    folders: tuple[str, ...]
    name: str


def root_of(step: Step) -> Identity:
    """The outermost object around the one that a statement is about."""
    return _identity(step.holder) if step.holder else step.id


class Homes:
    """Where the objects of one database are declared."""

    def __init__(self, live: Catalog) -> None:
        self._live = live

    def of(self, root: Identity) -> Home:
        """The file of an object that is no part of another one; partitions stand with their parents."""
        root = self._owners.get(root, root) if root.kind == Sequence.KIND else self._family(root)
        kind, name = root
        if kind == DefaultPrivileges.KIND:
            return Home((), LAST)
        if kind == Schema.KIND:
            return Home((unquoted(name),), "schema")
        schema, own = _schema(root), unquoted(last_name(name))
        if BY_NAME[kind].ROWS:
            return Home((PLATFORM,), _file(kind))
        if root not in self._live:
            return Home((PLATFORM, _file(kind) if schema is None else schema), own)
        if schema is None:
            return Home((DATABASE,), _file(kind))
        folder = _A_FILE_EACH.get(kind)
        return Home((schema,), _file(kind)) if folder is None else Home((schema, folder), own)

    def _family(self, held: Identity) -> Identity:
        """The topmost parent of a partition or child: what they share is declared in an order."""
        seen = {held}
        while isinstance(join := self._live.get(Identity(Inheritance.KIND, held.name)), Inheritance):
            parent = self._relation(join.parents[0])
            if parent is None or parent in seen:
                return held
            seen.add(parent)
            held = parent
        return held

    def _relation(self, name: str) -> Identity | None:
        found = (Identity(kind, Quoted(name)) for kind in (Table.KIND, ForeignTable.KIND))
        return next((one for one in found if one in self._live), None)

    @cached_property
    def _owners(self) -> dict[Identity, Identity]:
        """Tables by the sequences that their columns own."""
        found = {}
        for values in self._live.rows.get(SequenceOwner.KIND, {}).values():
            owner = SequenceOwner.of(values)
            table = self._relation(qualifier(owner.column))
            if table is not None:
                found[owner.within()] = self._family(table)
        return found


def _identity(text: str) -> Identity:
    kind = max((kind for kind in BY_NAME if text.startswith(f"{kind} ")), key=len)
    return Identity(kind, Quoted(text[len(kind) + 1 :]))


def _schema(root: Identity) -> str | None:
    """The schema that an object is in, where its kind is in schemas."""
    place = BY_NAME[root.kind].PLACE
    if root.kind not in _A_FILE_EACH and (place is None or place.schema is None):
        return None
    found = schema_of(root.name)
    return None if found is None else unquoted(found)


def _file(kind: str) -> str:
    if kind in _TOGETHER:
        return _TOGETHER[kind]
    words = kind.replace(" ", "_")
    return words[:-1] + "ies" if words.endswith("y") else words + "s"
