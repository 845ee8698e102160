"""What a role may do with an object: GRANT and REVOKE, compared by effect."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from schemadiff.catalog.declaring.fields import alters, carries, key
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql, last_name, qualifier, quote_ident, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import HAS_MAINTAIN, Version

LETTERS = {
    "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "D": "TRUNCATE", "x": "REFERENCES",
    "t": "TRIGGER", "X": "EXECUTE", "U": "USAGE", "C": "CREATE", "c": "CONNECT", "T": "TEMPORARY",
    "s": "SET", "A": "ALTER SYSTEM", "m": "MAINTAIN",
}  # fmt: skip
"""Source: Postgres docs, table "ACL Privilege Abbreviations"."""

SINCE = {"MAINTAIN": HAS_MAINTAIN}
"""What brought the privileges that a newer server grants to owners, and with ALL, and an older one does not know."""

_ITEM = re.compile(r'(?P<grantee>"(?:[^"]|"")*"|[^"=]*)=(?P<letters>[a-zA-Z*]*)/(?P<grantor>.*)', re.S)

ON = {"view": "TABLE", "materialized view": "TABLE", "foreign table": "TABLE", "column": "TABLE",
      "view column": "TABLE", "server": "FOREIGN SERVER", "aggregate": "FUNCTION", "window function": "FUNCTION",
      "domain": "TYPE"}  # fmt: skip
"""What GRANT calls a kind where that is not the kind's own keyword."""


def granted_words(granted: object) -> str:
    """Names of privileges as people read them."""
    assert isinstance(granted, Sequence)
    plain = [name for name in granted if not name.endswith("*")]
    optioned = [name.rstrip("*") for name in granted if name.endswith("*")]
    parts = [", ".join(plain)] if plain else []
    return " and ".join([*parts, f"{', '.join(optioned)} with grant option"] if optioned else parts)


@kind("privilege", catalog="pg_authid")
class Privilege(CatalogObject):
    """All that one role may do with one object; the empty grantee is PUBLIC."""

    target_kind: str = key(words="kind of the object")
    target: Quoted = key()
    grantee: Quoted = key(values={"": "PUBLIC"})
    granted: tuple[str, ...] = alters(words="privileges", values=granted_words, tells=True)
    """Names of privileges, sorted; with grant option a name ends in `*`."""
    on: Quoted = carries()
    """The object as GRANT addresses it."""
    column: Quoted | None = carries()
    given: tuple[tuple[str, Quoted], ...] = carries()
    """Names of privileges and who gave them, where somebody may give them on."""
    handed_on: tuple[str, ...] = carries()
    """Names of privileges that the role gave to others."""

    WORDS = Words(
        alter="change the privileges of {whole} on {object}",
        grant="grant {value} on {object} to {whole}",
        revoke="revoke {value} on {object} from {whole}",
        split=" TO ",
    )
    SATELLITE = True

    def within(self) -> Identity:
        return Identity(self.target_kind, self.target)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield from self._change(("GRANT", "TO"), self.granted)

    def drop(self) -> Iterator[Statement]:
        yield from self._change(("REVOKE", "FROM"), self.granted)

    def alter_granted(self, before: "Privilege") -> Iterator[Statement]:
        had, has = _options(before.granted), _options(self.granted)
        gone = [name for name in had if name not in has]
        yield from before._change(("REVOKE", "FROM"), gone)
        unoptioned = [name for name in has if had.get(name) and not has[name]]
        if unoptioned:
            yield before._statement("REVOKE GRANT OPTION FOR", unoptioned, "FROM", Hazard.NARROWS_ACCESS)
        new = [name + "*" * option for name, option in has.items() if name not in had or option > had[name]]
        yield from self._change(("GRANT", "TO"), new)

    def _change(self, words: tuple[str, str], granted: Sequence[str]) -> Iterator[Statement]:
        verb, preposition = words
        hazard = Hazard.WIDENS_ACCESS if verb == "GRANT" else Hazard.NARROWS_ACCESS
        plain = [name.rstrip("*") for name in granted if verb == "REVOKE" or not name.endswith("*")]
        optioned = [name[:-1] for name in granted if verb == "GRANT" and name.endswith("*")]
        if plain:
            yield self._statement(verb, plain, preposition, hazard)
        if optioned:
            made = self._statement(verb, optioned, preposition, hazard)
            yield Statement(Sql(f"{made.sql} WITH GRANT OPTION"), made.hazards)

    def _statement(self, verb: str, names: Sequence[str], preposition: str, hazard: Hazard) -> Statement:
        suffix = f" ({self.column})" if self.column else ""
        listed = ", ".join(f"{name}{suffix}" for name in names)
        cascade = " CASCADE" if verb != "GRANT" and set(names) & set(self.handed_on) else ""
        words = f"{verb} {listed} ON {self.on} {preposition} {self.grantee or 'PUBLIC'}{cascade}"
        return Statement(Sql(words), (hazard,))


def _options(granted: Sequence[str]) -> dict[str, bool]:
    return {name.rstrip("*"): name.endswith("*") for name in granted}


def joined(*granted: Sequence[str]) -> tuple[str, ...]:
    """What a role may do to whom all of `granted` was given."""
    options: dict[str, bool] = {}
    for name in (name for names in granted for name in names):
        options[name.rstrip("*")] = options.get(name.rstrip("*"), False) or name.endswith("*")
    return tuple(sorted(name + "*" * option for name, option in options.items()))


def untold_privileges(version: Version) -> frozenset[str]:
    """The privileges of which nothing is told."""
    return frozenset(name for name, since in SINCE.items() if not version.tells(since))


@lru_cache(maxsize=1000)
def _parsed(items: tuple[str, ...], untold: frozenset[str]) -> dict[Quoted, set[str]]:
    hidden = untold | {f"{name}*" for name in untold}
    return {grantee: names - hidden for grantee, names in parse_acl(items).items()}


def parse_acl(items: Sequence[str]) -> dict[Quoted, set[str]]:
    """Grantee (quoted as in SQL, empty for PUBLIC) to privileges, from the text of aclitems."""
    granted: dict[Quoted, set[str]] = {}
    for item in items:
        match = _ITEM.fullmatch(item)
        assert match is not None, item
        names = granted.setdefault(_role(match["grantee"]), set())
        for letter, option in re.findall(r"([a-zA-Z])(\*?)", match["letters"]):
            name = LETTERS[letter]
            if option:
                names.discard(name)
                names.add(name + "*")
            elif name + "*" not in names:
                names.add(name)
    return granted


def _role(name: str) -> Quoted:
    """A role as SQL names it: an aclitem leaves capitals and key words bare that SQL wants quoted."""
    return quote_ident(unquoted(Quoted(name))) if name else Quoted(name)


Given = tuple[tuple[str, Quoted], ...]
"""Names of privileges and who gave them."""


@lru_cache(maxsize=1000)
def givers(items: tuple[str, ...], untold: frozenset[str] = frozenset()) -> dict[Quoted, Given]:
    """Grantee to the names of its privileges and who gave them; empty where nobody but the owner can have."""
    if not any("*" in item for item in items):
        return {}
    given: dict[Quoted, Given] = {}
    for item in items:
        match = _ITEM.fullmatch(item)
        assert match is not None, item
        grantee, grantor = _role(match["grantee"]), _role(match["grantor"])
        names = (LETTERS[letter] for letter in match["letters"].replace("*", ""))
        told = ((name, grantor) for name in names if name not in untold)
        given[grantee] = (*given.get(grantee, ()), *told)
    return given


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
