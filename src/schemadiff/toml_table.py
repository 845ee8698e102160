"""Settings taken from a TOML file, one by one, so that an unknown one is named."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from schemadiff.errors import ConfigError

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

_TYPE_NAMES: dict[type, str] = {str: "a string", bool: "true or false", dict: "a table", list: "a list"}


def nearest(word: str, known: tuple[str, ...]) -> str:
    """A phrase that names the known word closest to `word`, or all known ones."""
    from difflib import get_close_matches  # only after a mistake

    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


class Table:
    """A TOML table from which settings are taken; what is left over at the end is unknown."""

    def __init__(self, settings: Mapping[str, object], origin: str) -> None:
        self._rest = dict(settings)
        self._known: list[str] = []
        self.origin = origin

    def take(self, key: str, kind: type[T], default: T) -> T:
        """The value of `key`, which must be of type `kind`."""
        self._known.append(key)
        value = self._rest.pop(key, default)
        if not isinstance(value, kind):
            raise ConfigError(f"{self.origin}: {key} must be {_TYPE_NAMES.get(kind, kind.__name__)}")
        return value

    def optional(self, key: str) -> str | None:
        """The string under `key`, None when it is not set."""
        return self.take(key, str, "") or None

    def one_of(self, key: str, default: Choice) -> Choice:
        """The word under `key`, one of those of which `default` is one."""
        words, value = type(default), self.take(key, str, default.value)
        try:
            return words(value)
        except ValueError:
            raise ConfigError(f"{self.origin}: {key} is {value!r}: write one of {', '.join(words)}") from None

    def strings(self, key: str) -> tuple[str, ...]:
        """The list of strings under `key`, empty when it is not set."""
        values: list[object] = self.take(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise ConfigError(f"{self.origin}: {key} must be a list of strings")
        return tuple(str(value) for value in values)

    def table(self, key: str) -> "Table":
        """The table under `key`, empty when it is not set."""
        inner: dict[str, object] = self.take(key, dict, {})
        return Table(inner, f"{self.origin} [{key}]")

    def names(self) -> tuple[str, ...]:
        """All keys that stand in the table."""
        return tuple(self._rest)

    def finish(self) -> None:
        """Refuse keys that nobody took."""
        for key in self._rest:
            raise ConfigError(f"{self.origin}: unknown setting {key!r}; {nearest(key, tuple(self._known))}")


def parsed(text: str, origin: str) -> dict[str, object]:
    """What a TOML file holds. Raises ConfigError."""
    import tomllib  # only where a project has a configuration

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{origin} is not valid TOML: {str(error)[:1].lower()}{str(error)[1:]}") from error
