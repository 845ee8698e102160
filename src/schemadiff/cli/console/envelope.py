"""What every `--format json` has in common: the command, how it ended, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

PAGE = "docs/errors.md"
"""Says of each code what it means and what to do."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command ended; `code` stays the same from release to release, the message does not."""

    code: str
    message: str
    page: str = ""

    @classmethod
    def of(cls, code: str, message: str) -> "Failure":
        """One with the place where it is explained."""
        return cls(code, message, f"{PAGE}#{code}")


@dataclass(slots=True)
class Envelope:
    """The document of one run; without one, an error is a document where JSON was `wanted`.

    Where JSON `lines` were, it is the last of them.
    """

    command: str | None = None
    wanted: bool = False
    lines: bool = False
    document: Mapping[str, object] | None = None

    def addressed(self, arguments: Sequence[str]) -> None:
        """Take the command from what was typed, and whether it is to print JSON."""
        self.command = next((word for word in arguments if not word.startswith("-")), None)
        self.lines = _has_format(arguments, "jsonl")
        self.wanted = self.lines or _has_format(arguments, "json")

    def closed(self, exit_code: int, failure: Failure | None) -> dict[str, object] | None:
        """What stdout carries in the end, None if that is no JSON."""
        if self.document is None and not (failure and self.wanted):
            return None
        told = None if failure is None else asdict(failure)
        return {"command": self.command, "exit_code": exit_code, "error": told, **(self.document or {})}


def _has_format(arguments: Sequence[str], name: str) -> bool:
    return f"--format={name}" in arguments or ("--format", name) in pairwise(arguments)
