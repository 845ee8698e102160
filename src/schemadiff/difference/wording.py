"""What fields of catalog objects and their values are called where people read of them."""

from collections.abc import Iterator, Mapping, Sequence

from schemadiff.catalog.kinds import BY_NAME

NONE = "none"
YES, NO = "yes", "no"


def field_name(kind: str, field: str) -> str:
    """What users call a field."""
    words = BY_NAME[kind].WORDING.get(field)
    return (words and words.name) or field.replace("_", " ")


def telling(kind: str) -> tuple[str, ...]:
    """The fields that say what an object of the kind amounts to."""
    return tuple(field for field, words in BY_NAME[kind].WORDING.items() if words.tells)


def content(kind: str, values: Mapping[str, object]) -> str:
    """What an object amounts to, if its fields say so: the text of a comment, the type of a column."""
    return ", ".join(_contents(kind, values))


def _contents(kind: str, values: Mapping[str, object]) -> Iterator[str]:
    for field in telling(kind):
        value = values[field]
        if value is True:
            yield field_name(kind, field)
        elif not is_nothing(value):
            yield shown(kind, field, value)


def is_nothing(value: object) -> bool:
    """Whether a field that holds `value` is not set."""
    return value is None or value is False or value == () or value == []


def shown(kind: str, field: str, value: object) -> str:
    """A value of a field as users would write it: never a Python None, tuple or flag."""
    words = BY_NAME[kind].WORDING.get(field)
    values = words.values if words else None
    if isinstance(values, Mapping):
        return values.get(str(value), _plain(value))
    return _plain(value) if values is None or is_nothing(value) or isinstance(value, str) else values(value)


def _plain(value: object) -> str:
    if is_nothing(value):
        return NO if value is False else NONE
    if value is True:
        return YES
    if isinstance(value, str):
        return value or "empty"
    if isinstance(value, Sequence):
        return ", ".join(map(_plain, value))
    return str(value)


def in_words(kind: str, field: str, value: object) -> str | None:
    """A value as `shown`, None where the field is not set; words of a kind that is none are taken as they are."""
    if value is None or value == () or value == []:
        return None
    return shown(kind, field, value) if kind in BY_NAME else str(value)
