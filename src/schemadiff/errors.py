"""Every error schemadiff raises, in one tree.

    SchemadiffError                 exit code 1
    ├── ConfigError                 a setting is missing, unknown or contradicts another
    │   └── NoDatabaseNamed         nothing says which database is live
    ├── ConnectionFailed            a database does not answer or refuses the login
    ├── DesiredError                a desired file does not render, parse or load: file:line:column
    ├── ScratchError                no scratch Postgres can be started or used
    ├── InspectionError             a catalog cannot be read
    ├── PlanningError               no order or no statement exists for a change
    ├── PlanFileError               a plan directory is missing, incomplete or of another version
    ├── ExecutionError              a statement of a plan failed on the database
    ├── AfterApplyFailed            exit code 4: a command of the user's behind a plan that was applied failed
    ├── LedgerUnreadable            the role may not read what was run on the database
    └── Refused                     exit code 3: nothing was done, on purpose
        ├── UnsupportedServer       a server's major version is older or newer than those that are known
        ├── HazardRefused           a hazard that was not allowed
        ├── AmbiguousRename         a drop beside a look-alike add, without an annotation
        ├── NothingDeclared         the files are empty, and the database is not
        ├── DriftRefused            the database is not what the plan was made for
        ├── TableGrown              a table is much larger than the plan was reviewed for
        ├── ScriptChanged           up.sql or down.sql is not what was proven or approved
        ├── ApprovalMissing         fewer people approved a plan than are required
        ├── PreflightRefused        rows that would make a statement fail
        ├── SecretMissing           a script needs a secret that no environment variable holds
        ├── SnapshotUnfit           a snapshot of live does not fit this version, project or server
        ├── SandboxMissing          the scratch server would run in no sandbox, and one is required
        ├── ConversionRefused       values would be converted, and could not be converted back
        ├── ProofRefused            the rehearsal did not reach what it should
        ├── PullRefused             files would not declare the database that they were made from
        └── CheckFailed             a check does not hold

Messages are lower case, name the object and say the next step.
"""

import re
from typing import ClassVar

_SHOWN = 20
"""Lines of a long list that a message holds."""

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a word of a class's name begins."""


class SchemadiffError(Exception):
    """Base of all errors; `exit_code` is what the command line exits with."""

    exit_code = 1
    code: ClassVar[str] = "schemadiff-error"
    """What programs know the error by; it stays the same from release to release."""

    def __init_subclass__(cls, **given: object) -> None:
        super().__init_subclass__(**given)
        cls.code = _WORD.sub("-", cls.__name__).lower()


class ConfigError(SchemadiffError):
    """A setting is missing, unknown or contradicts another."""


class NoDatabaseNamed(ConfigError):
    """Nothing says which database is live."""


class ConnectionFailed(SchemadiffError):
    """A database does not answer or refuses the login."""


class DesiredError(SchemadiffError):
    """A desired file does not render, parse or load; the message starts with file:line:column."""


class ScratchError(SchemadiffError):
    """No scratch Postgres can be started or used."""


class InspectionError(SchemadiffError):
    """A catalog cannot be read."""


class PlanningError(SchemadiffError):
    """No order or no statement exists for a change."""


class PlanFileError(SchemadiffError):
    """A plan directory is missing, incomplete or written by another version."""


class ExecutionError(SchemadiffError):
    """A statement of a plan failed on the database."""


class LedgerUnreadable(SchemadiffError):
    """The role may not read what was run on the database."""


class Refused(SchemadiffError):
    """Nothing was done, on purpose."""

    exit_code = 3


class UnsupportedServer(Refused):
    """A server's major version is older or newer than those that are known."""


class HazardRefused(Refused):
    """A plan holds a hazard that was not allowed."""


class AmbiguousRename(Refused):
    """A drop stands beside a look-alike add, without an annotation that says which is meant."""


class NothingDeclared(Refused):
    """The desired files are empty, and the database is not."""


class DriftRefused(Refused):
    """The database is not what the plan was made for."""


class TableGrown(Refused):
    """A table is much larger than it was when the plan was reviewed, and would be locked for long."""


class ScriptChanged(Refused):
    """up.sql or down.sql is not what was proven or approved."""


class ApprovalMissing(Refused):
    """Fewer people approved a plan, as it stands, than are required."""


class PreflightRefused(Refused):
    """Rows stand in the database that would make a statement fail."""


class SecretMissing(Refused):
    """A script needs a secret, and the environment variable that it names is not set."""


class SnapshotUnfit(Refused):
    """A snapshot of live does not fit this version, project or server, or lacks what is needed of it."""


class SandboxMissing(Refused):
    """The scratch server would run in no sandbox, and one is required."""


class ConversionRefused(Refused):
    """Values of a column would be converted into a type from which no cast leads back."""


class ProofRefused(Refused):
    """The rehearsal did not reach what it should."""


class PullRefused(Refused):
    """Files do not declare the database that they were made from; `differences` say where, in words."""

    def __init__(self, differences: tuple[str, ...]) -> None:
        self.differences = differences
        shown = "\n".join(f"  {line}" for line in differences[:_SHOWN])
        more = f"\n  and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
        super().__init__(
            f"the files would not declare the database as it is, so none was written:\n{shown}{more}\n"
            "leave these objects alone with the setting exclude, or declare them by hand, and report it"
        )


class AfterApplyFailed(SchemadiffError):
    """A plan was applied, and a command that the user runs behind it failed."""

    exit_code = 4


class CheckFailed(Refused):
    """A check does not hold on the database, or it is not what a plan that was applied leads to."""

    exit_code = 4
