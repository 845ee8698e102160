"""What a user says about renames: what to do about look-alikes, the answers so far, and the questions that are left."""

from dataclasses import dataclass
from enum import StrEnum

from schemadiff.catalog.identity import Identity
from schemadiff.errors import AmbiguousRename
from schemadiff.plans.holding import if_another, if_renamed


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


class UnansweredRenames(AmbiguousRename):
    """Drops beside look-alike adds; `questions` holds each pair once."""

    def __init__(self, questions: tuple[Rename, ...]) -> None:
        self.questions = questions
        lines = [
            f"  {question.old} is gone and {question.new} is new and looks like it; say which is meant:\n"
            f"    the same {question.old.kind}, renamed:  --rename {question.old.name}={question.new.name}"
            f"   (or `-- @renamed from=` above it)\n"
            f"        {if_renamed(question.old)}\n"
            f"    another one, the old one dropped with its data:  --no-rename {question.old.name}\n"
            f"        {if_another(question.old)}"
            for question in questions
        ]
        super().__init__("renamed, or dropped and added?\n" + "\n".join(lines))
