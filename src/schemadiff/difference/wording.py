"""What fields of catalog objects and their values are called where people read of them."""

from collections.abc import Mapping, Sequence

NONE = "none"

_FIRING = {"O": "enabled", "D": "disabled", "R": "enabled on a replica", "A": "enabled always"}
_STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
_COMPRESSION = {"": "default", "p": "pglz", "l": "lz4"}
_PERSISTENCE = {"p": "permanent", "u": "unlogged", "t": "temporary"}
_STATISTICS = {"-1": "default"}

_LETTERS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("access method", "type"): {"i": "index", "t": "table"},
    ("aggregate", "aggregate_kind"): {"n": "normal", "o": "ordered-set", "h": "hypothetical-set"},
    ("base type", "storage"): _STORAGE,
    ("cast", "context"): {"e": "explicit", "a": "assignment", "i": "implicit"},
    ("cast", "method"): {"f": "function", "b": "binary coercible", "i": "input and output"},
    ("collation", "provider"): {"c": "libc", "i": "icu", "b": "builtin", "d": "default"},
    ("column", "compression"): _COMPRESSION,
    ("column", "generated"): {"s": "STORED", "v": "VIRTUAL"},
    ("column", "identity_kind"): {"a": "ALWAYS", "d": "BY DEFAULT"},
    ("column", "statistics"): _STATISTICS,
    ("column", "storage"): _STORAGE,
    ("event trigger", "enabled"): _FIRING,
    ("privilege", "grantee"): {"": "PUBLIC"},
    ("rule", "enabled"): _FIRING,
    ("sequence", "persistence"): _PERSISTENCE,
    ("statistics object", "target"): _STATISTICS,
    ("table", "persistence"): _PERSISTENCE,
    ("trigger", "enabled"): _FIRING,
    ("trigger state", "enabled"): _FIRING,
    ("trigger state", "parent_enabled"): _FIRING,
    ("view column", "compression"): _COMPRESSION,
    ("view column", "statistics"): _STATISTICS,
    ("view column", "storage"): _STORAGE,
}
"""Values that the catalog spells as a letter or number, by kind and field."""

_FIELDS = {
    "acl": "privileges",
    "aggregate_kind": "kind",
    "bound": "partition bound",
    "collate": "LC_COLLATE",
    "ctype": "LC_CTYPE",
    "default": "default",
    "force_row_security": "FORCE ROW LEVEL SECURITY",
    "foreign_options": "options for the foreign server",
    "generated": "generation",
    "granted": "privileges",
    "identity_kind": "identity",
    "identity_options": "sequence of the identity",
    "index_comment": "comment of its index",
    "multirange_comment": "comment of its multirange type",
    "not_null": "NOT NULL",
    "not_null_constraint": "NOT NULL constraint",
    "not_null_name": "name of the NOT NULL constraint",
    "of_type": "type that it follows",
    "on": "object",
    "parent_enabled": "state on the parent table",
    "row_security": "ROW LEVEL SECURITY",
    "statistics": "statistics target",
    "target_kind": "kind of the object",
    "using": "USING",
    "with_check": "WITH CHECK",
}

_SEQUENCE = ("name", "type", "increment", "minimum", "maximum", "start", "cache", "cycle", "persistence")
_CONTENTS = {
    "comment": "text",
    "default acl": "acl",
    "default value": "expression",
    "owner": "role",
    "privilege": "granted",
    "role setting": "value",
    "security label": "labels",
    "sequence owner": "column",
}
"""Kinds of which one field says what the object amounts to."""


def field_name(field: str) -> str:
    """What users call a field."""
    return _FIELDS.get(field, field.replace("_", " "))


def content(kind: str, values: Mapping[str, object]) -> str:
    """What an object amounts to, if one value says so: the text of a comment, the privileges granted."""
    field = _CONTENTS.get(kind)
    return shown(kind, field, values[field]) if field else ""


def shown(kind: str, field: str, value: object) -> str:
    """A value of a field as users would write it: never a Python None, tuple or flag."""
    spelled = _LETTERS.get((kind, field), {}).get(str(value))
    if spelled is not None:
        return spelled
    if isinstance(value, Sequence) and not isinstance(value, str) and field == "identity_options":
        pairs = zip(_SEQUENCE, value, strict=False)
        return ", ".join(f"{name} {_PERSISTENCE.get(part, part) if part else NONE}" for name, part in pairs)
    return _plain(value)


def _plain(value: object) -> str:
    if value is None or value == () or value == []:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value or "empty"
    if isinstance(value, Sequence):
        return ", ".join(map(_plain, value))
    return str(value)
