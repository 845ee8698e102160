"""What a user says about renames: what to do about look-alikes, the answers so far, and the questions that are left."""

from dataclasses import dataclass
from enum import StrEnum

from schemadiff.catalog.identity import Identity
from schemadiff.errors import AmbiguousRename
from schemadiff.plans import holding


class RenameMode(StrEnum):
    """What to do about a drop beside a look-alike add."""

    ASK = "ask"
    REFUSE = "refuse"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class RenamePolicy:
    """The mode, and the answers given so far: `renamed` as (old, new) pairs of names, `kept` as old names."""

    mode: RenameMode = RenameMode.REFUSE
    renamed: tuple[tuple[str, str], ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rename:
    """One object that bears `old` in live and `new` in desired; or, with `part`, a part of one object."""

    old: Identity
    new: Identity
    part: tuple[str, str] | None = None

    @property
    def reversed(self) -> "Rename":
        """The way back."""
        return Rename(self.new, self.old, self.part and (self.part[1], self.part[0]))

    @property
    def if_renamed(self) -> str:
        """What becomes of the data if both are the same object."""
        return holding.if_renamed(self.old)

    @property
    def if_another(self) -> str:
        """What becomes of the data if the new one is another."""
        return holding.if_another(self.old)


class UnansweredRenames(AmbiguousRename):
    """Drops beside look-alike adds; `questions` holds each pair once."""

    def __init__(self, questions: tuple[Rename, ...]) -> None:
        self.questions = questions
        lines = [
            f"  {question.old} is gone and {question.new} is new and looks like it; say which is meant:\n"
            f"    the same {question.old.kind}, renamed:  --rename {question.old.name}={question.new.name}"
            f"   (or `-- @renamed from=` above it)\n"
            f"        {question.if_renamed}\n"
            f"    another one, the old one dropped with its data:  --no-rename {question.old.name}\n"
            f"        {question.if_another}"
            for question in questions
        ]
        super().__init__("renamed, or dropped and added?\n" + "\n".join(lines))
