"""Rows that come back while the rows they point at were deleted: the foreign key's own rule is followed."""

import re
from dataclasses import dataclass

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint import Constraint
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statement import Preflight, Statement
from schemadiff.planning.archive import Archive

_NAMES = r"""(?:"(?:[^"]|"")*"|[^",()])+"""
_FOREIGN_KEY = re.compile(
    rf"FOREIGN KEY \((?P<columns>[^()]+|(?:{_NAMES}(?:, )?)+)\)"
    rf" REFERENCES (?P<table>{_NAMES})\((?P<keys>[^()]+|(?:{_NAMES}(?:, )?)+)\)(?P<rules>.*)"
)
_NAME = re.compile(r"""\s*((?:"(?:[^"]|"")*"|[^",]+)+)\s*(?:,|$)""")


@dataclass(frozen=True, slots=True)
class Orphans:
    """What becomes of rows whose rows were deleted meanwhile: `mending` them, or the question that refuses them."""

    mending: Statement | None = None
    preflight: Preflight | None = None


def orphans(key: Constraint, giving: Archive) -> Orphans:
    """What the rule for ON DELETE would have done to rows of `key`'s table while they were in the archive.

    Where that is to refuse the deletion, a preflight names them. Tables that were away together fit each other.
    """
    parsed = _FOREIGN_KEY.fullmatch(key.definition)
    if parsed is None or Identity("table", Quoted(parsed["table"])) in giving.saved:
        return Orphans()
    columns, keys = (_NAME.findall(parsed[part]) for part in ("columns", "keys"))
    other, pairs = parsed["table"], zip(columns, keys, strict=True)
    known = f"SELECT FROM {other} AS p WHERE " + " AND ".join(f"p.{k} = t.{c}" for c, k in pairs)
    lost = " AND ".join([*(f"t.{c} IS NOT NULL" for c in columns), f"NOT EXISTS ({known})"])
    if "ON DELETE CASCADE" in parsed["rules"]:
        words = f"DELETE FROM {key.table} AS t WHERE {lost}"
        summary = f"let rows of table {key.table} go whose {other} was deleted meanwhile"
    elif "ON DELETE SET" in parsed["rules"]:
        value = "DEFAULT" if "ON DELETE SET DEFAULT" in parsed["rules"] else "NULL"
        words = f"UPDATE {key.table} AS t SET {', '.join(f'{c} = {value}' for c in columns)} WHERE {lost}"
        summary = f"let rows of table {key.table} forget the {other} that was deleted meanwhile"
    else:
        rows = Sql(f"SELECT * FROM {giving.saved[key.within()].place.relation} AS t WHERE {lost}")
        problem = f"point at rows of {other} that were deleted since"
        return Orphans(preflight=Preflight(f"table {key.table}", problem, rows))
    return Orphans(mending=Statement(Sql(words), summary=summary))
