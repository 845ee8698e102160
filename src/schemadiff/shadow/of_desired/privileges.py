"""What dumps leave open that say nothing of privileges: objects that live has, too, grant what they grant there."""

from collections.abc import Collection
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import Values
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.privilege.default_privileges import DefaultPrivileges
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.sql import last_name, schema_of, unquoted
from schemadiff.desired.reading.declared import Declared
from schemadiff.planning.planner import script
from schemadiff.plans.model import Script

_WITHOUT_SCHEMA = frozenset({"schema", "server", "foreign-data wrapper", "language"})


def granting_as_on_live(wanted: Catalog, live: Catalog, silent: Collection[Declared], *, defaults: bool) -> Script:
    """The script after which what `silent` names grants the same as on live, as far as live has it.

    With `defaults`, what new objects are to grant is as on live, too.
    """
    names = {(one.schema, one.name) for one in silent if one.relation is None}
    names |= {(None, one.name) for one in silent if one.kind in _WITHOUT_SCHEMA}
    kept = {name: row for name, row in wanted.rows[Privilege.KIND].items() if not _concerned(row, wanted, live, names)}
    theirs = {name: row for name, row in live.rows[Privilege.KIND].items() if _concerned(row, wanted, live, names)}
    rows = {Privilege.KIND: kept | theirs}
    if defaults:
        rows[DefaultPrivileges.KIND] = {
            name: row for name, row in live.rows[DefaultPrivileges.KIND].items() if _has_schema(row, wanted)
        }
    return script(wanted, replace(wanted, rows=wanted.rows | rows, _built={}))


def _has_schema(row: Values, wanted: Catalog) -> bool:
    schema = DefaultPrivileges.of(row).schema
    return schema is None or Identity(Schema.KIND, schema) in wanted


def _concerned(row: Values, wanted: Catalog, live: Catalog, names: Collection[tuple[str | None, str]]) -> bool:
    """Whether a privilege is one on an object of these names that both have."""
    target = Privilege.of(row).within()
    if target not in wanted or target not in live:
        return False
    root = wanted.holder(wanted[target]) or target
    return _name(root) in names


def _name(root: Identity) -> tuple[str | None, str]:
    schema = None if root.kind in _WITHOUT_SCHEMA else schema_of(root.name)
    return None if schema is None else unquoted(schema), unquoted(last_name(root.name))
