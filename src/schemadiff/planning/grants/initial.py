"""What an object grants when it is created, so that a plan says only what must be granted or revoked beyond it.

Source: Postgres docs, ALTER DEFAULT PRIVILEGES, and acldefault() in src/backend/utils/adt/acl.c.
"""

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.acl import parse_acl
from schemadiff.catalog.kinds.privilege.default_privileges import DefaultPrivileges
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.privilege.rows import privilege_rows
from schemadiff.catalog.sql import Quoted, schema_of
from schemadiff.catalog.versions import HAS_MAINTAIN
from schemadiff.planning.work.work import Work

_TABLE = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}
_OWNER = {
    "s": {"USAGE", "SELECT", "UPDATE"},
    "f": {"EXECUTE"},
    "T": {"USAGE"},
    "n": {"USAGE", "CREATE"},
    "l": {"USAGE"},
    "F": {"USAGE"},
    "S": {"USAGE"},
}
_PUBLIC = {"f": {"EXECUTE"}, "T": {"USAGE"}, "l": {"USAGE"}}
_DEFAULT_ACL_TYPES = {"r": "r", "s": "S", "f": "f", "T": "T", "n": "n"}


def initial(target: CatalogObject, work: Work) -> dict[Quoted, Privilege]:
    """Privileges by grantee that `target` has right after the role behind `live` created it.

    The owner's are told for the owner that the object has in the end, for ALTER OWNER carries them over.
    """
    letter = target.GRANTABLE
    if letter is None or letter == "c":
        return {}
    creator = work.live.current_user
    granted = _everywhere(letter, creator, work.live)
    schema = schema_of(target.identity)
    if schema is not None:
        for grantee, names in _entries(f"FOR ROLE {creator} IN SCHEMA {schema}", letter, work.live).items():
            granted.setdefault(grantee, set()).update(names)
    owner = work.desired.get(Identity("owner", Quoted(f"{target.KEYWORD} {target.identity}")))
    role = owner.role if isinstance(owner, Owner) else creator
    if role != creator and creator in granted:
        granted.setdefault(role, set()).update(granted.pop(creator))
    granted_as = getattr(target, target.GRANTED_AS)
    rows = privilege_rows(type(target), target.identity, granted_as, granted)
    return {privilege.grantee: privilege for privilege in map(Privilege.of, rows)}


def _everywhere(letter: str, creator: Quoted, live: Catalog) -> dict[Quoted, set[str]]:
    entries = _entries(f"FOR ROLE {creator}", letter, live)
    if entries:
        return entries
    table = _TABLE | ({"MAINTAIN"} if live.known_to >= HAS_MAINTAIN else set())
    granted = {creator: set(table if letter == "r" else _OWNER[letter])}
    if letter in _PUBLIC:
        granted[Quoted("")] = set(_PUBLIC[letter])
    return granted


def _entries(who: str, letter: str, live: Catalog) -> dict[Quoted, set[str]]:
    kind = _DEFAULT_ACL_TYPES.get(letter)
    entry = live.get(Identity(DefaultPrivileges.KIND, Quoted(f"{who} ON {kind}")))
    return parse_acl(entry.acl) if isinstance(entry, DefaultPrivileges) else {}
