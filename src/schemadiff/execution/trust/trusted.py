"""Whether all that a query can call may run on live on our behalf: Postgres' own functions, and those of ours.

What a query can call is more than it names: planning it computes constant parts of the expressions of indexes and
statistics of its tables, and values of a domain are checked wherever they are read or cast.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import psycopg
from psycopg.rows import TupleRow

from schemadiff.execution.trust import catalog_queries
from schemadiff.execution.trust.names import Name, Names, names_in

Connection = psycopg.Connection[TupleRow]

_DENIED = re.compile(
    r"lo_|pg_read_|pg_ls_|pg_stat_file|pg_sleep|set_config|dblink|ts_stat|ts_rewrite|(query|table|schema|database|cursor)_"
    r"to_xml|pg_(terminate|cancel|reload|rotate|promote|notify|export|import|logical|replication|advisory|try_advisory)"
)
"""Functions of Postgres that reach out of the query, or take one as text, whatever they say of themselves."""

_HARMLESS = frozenset(("random", "gen_random_uuid", "uuidv4", "uuidv7", "clock_timestamp", "timeofday"))
"""Volatile ones that touch nothing."""

EXTENSIONS = frozenset(
    (
        "btree_gin", "btree_gist", "citext", "cube", "earthdistance", "fuzzystrmatch", "hstore", "intarray",
        "isn", "ltree", "pg_trgm", "pgcrypto", "postgis", "seg", "unaccent", "uuid-ossp", "vector",
    )
)  # fmt: skip
"""Extensions whose functions compute something of their arguments and do nothing else."""

_FUNCTION = re.compile(r":(?:funcid|opfuncid|hashfuncid|negfuncid|aggfnoid|winfnoid|elemfuncid) (\d+)")
_OPERATOR = re.compile(r":(?:opno|eqop|sortop) (\d+)|:opnos \(o ([\d ]+)\)")
_TYPE = re.compile(r":\w*(?:type|typeid|Type|TypeId) (\d+)")

_READABLE = frozenset("rpmS")
"""Tables, materialized views and sequences: what is read of views and foreign tables is code of somebody's."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problem` says what keeps a query from being asked, if anything does; `owner` has the tables that it reads."""

    problem: str | None = None
    owner: int | None = None


def verdict_on(connection: Connection, query: str) -> Verdict:
    """Whether a query may run on live; looks into the catalog only, in the transaction that stands open.

    Raises ParseError for what is no SQL.
    """
    names = names_in(query)
    if names.unknown:
        return Verdict(f"nobody can tell what {', '.join(sorted(names.unknown))} in its query calls")
    found = connection.execute(catalog_queries.RELATIONS, _columns(names.relations)).fetchall()
    for _, kind, of_postgres, name, _ in found:
        if kind not in _READABLE and not of_postgres:
            return Verdict(f"it would read {name}, which is no table")
    read = {"relations": [oid for oid, *_ in found], "columns": sorted(names.columns), "whole_rows": names.whole_rows}
    owners = {owner for _, _, of_postgres, _, owner in found if not of_postgres}
    calls = _Calls(connection)
    calls.add(connection.execute(catalog_queries.OF_RELATIONS, read).fetchall())
    calls.add(connection.execute(catalog_queries.NAMED, _parameters(names)).fetchall())
    strange = next(calls.untrusted(), None)
    if strange is not None:
        return Verdict(f"it may run {strange}, which is not trusted on live")
    return Verdict(None, owners.pop() if len(owners) == 1 else None)


@dataclass(slots=True)
class _Calls:
    """What a query can call, found step by step: each set holds OIDs that are still to be looked at."""

    connection: Connection
    _new: dict[str, set[int]] = field(default_factory=lambda: {"function": set(), "operator": set(), "type": set()})
    _seen: dict[str, set[int]] = field(default_factory=lambda: {"function": set(), "operator": set(), "type": set()})

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Note parts: a kind with an OID, or an expression as the server's node tree."""
        for kind, text in rows:
            if kind == "tree":
                self._note("function", map(int, _FUNCTION.findall(text)))
                self._note("operator", map(int, " ".join(map(" ".join, _OPERATOR.findall(text))).split()))
                self._note("type", map(int, _TYPE.findall(text)))
            else:
                self._note(kind, [int(text)])

    def untrusted(self) -> Iterator[str]:
        """Functions that may not be called, each with its owner."""
        while any(self._new.values()):
            if types := self._take("type"):
                self.add(self.connection.execute(catalog_queries.OF_TYPES, {"types": types}).fetchall())
            if operators := self._take("operator"):
                self.add(self.connection.execute(catalog_queries.OF_OPERATORS, [operators]).fetchall())
            if functions := self._take("function"):
                for row in self.connection.execute(catalog_queries.FUNCTIONS, [functions]).fetchall():
                    name, *facts = row
                    if not _trusted(*facts):
                        yield str(name)
                self.add(self.connection.execute(catalog_queries.TYPES_OF_FUNCTIONS, [functions]).fetchall())

    def _note(self, kind: str, oids: Iterable[int]) -> None:
        self._new[kind] |= set(oids) - self._seen[kind]

    def _take(self, kind: str) -> list[int]:
        taken = self._new[kind]
        self._seen[kind] |= taken
        self._new[kind] = set()
        return sorted(taken)


def _trusted(
    of_postgres: bool,
    name: str,
    volatility: str,
    kind: str,
    language: str,
    source: str,
    ours: bool,
    of_superuser: bool,
    extension: str | None,
) -> bool:
    """Whether a function may be called; ours is what nobody can replace who could not act as us anyway."""
    builtin = name if of_postgres else source if language == "internal" else None
    if builtin is not None:
        return not _DENIED.match(builtin) and (volatility != "v" or builtin in _HARMLESS)
    if extension is not None:
        return extension in EXTENSIONS and of_superuser and (volatility != "v" or language == "c")
    return ours and volatility != "v" and kind in "fw"


def _columns(names: Iterable[Name]) -> list[list[str]]:
    pairs = sorted(names)
    return [[schema for schema, _ in pairs], [name for _, name in pairs]]


def _parameters(names: Names) -> dict[str, list[str]]:
    """The names as parameters; a function's may be a type's, which it casts to."""
    given = {
        "function": names.functions,
        "operator": names.operators,
        "type": names.types | names.functions,
    }
    parts = {kind: _columns(found) for kind, found in given.items()}
    schemas = {f"{kind}_schemas": columns[0] for kind, columns in parts.items()}
    return schemas | {f"{kind}_names": columns[1] for kind, columns in parts.items()}
