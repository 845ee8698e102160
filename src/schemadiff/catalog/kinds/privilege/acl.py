"""Access control lists: aclitems as the server prints them, and the privileges that they amount to."""

import re
from collections.abc import Sequence
from functools import lru_cache

from schemadiff.catalog.sql import Quoted, quote_ident, unquoted
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


def joined(*granted: Sequence[str]) -> tuple[str, ...]:
    """What a role may do to whom all of `granted` was given."""
    options: dict[str, bool] = {}
    for name in (name for names in granted for name in names):
        options[name.rstrip("*")] = options.get(name.rstrip("*"), False) or name.endswith("*")
    return tuple(sorted(f"{name}*" if option else name for name, option in options.items()))


def untold_privileges(version: Version) -> frozenset[str]:
    """The privileges of which nothing is told."""
    return frozenset(name for name, since in SINCE.items() if not version.tells(since))


def told_items(acl: str, version: Version) -> str:
    """The expression that reads the access control list `acl` as a sorted array of texts, as told by `version`."""
    letters = "".join(letter for letter, name in LETTERS.items() if name in untold_privileges(version))
    if not letters:
        return f"ARRAY(SELECT i FROM unnest({acl}::text[]) AS i ORDER BY i)"
    letter = f'[{letters}]\\*?(?=[a-zA-Z*]*/("([^"]|"")*"|[^"/]*)$)'  # not one of a name
    return f"""ARRAY(SELECT i.told FROM unnest({acl}::text[]) AS a (item)
                     CROSS JOIN LATERAL (SELECT regexp_replace(a.item, '{letter}', '')) AS i (told)
                     WHERE strpos(i.told, '=/') = 0 ORDER BY i.told)"""


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
