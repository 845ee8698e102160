"""Whose configuration files are followed: the caller's and root's, where nobody else can put or change them."""

import os
import pwd
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemadiff.config import absolute
from schemadiff.errors import ConfigError
from schemadiff.project_files import leads_out

TRUST_VARIABLE = "SCHEMADIFF_TRUST_PROJECT"

_BY_ANYBODY = stat.S_IWOTH
_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Configuration:
    """The text of a configuration file; `objection` says why it must not be followed, if it must not."""

    path: Path
    text: str
    objection: str | None

    def followed(self) -> str:
        """The text. Raises ConfigError with the objection."""
        if self.objection:
            raise ConfigError(f"{self.path} is not followed: {self.objection}")
        return self.text


@dataclass(frozen=True, slots=True)
class Trust:
    """Folders whose files are followed whoever owns them, such as a project that a container has mounted."""

    folders: tuple[Path, ...] = ()

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> "Trust":
        """The folders that SCHEMADIFF_TRUST_PROJECT names. Raises ConfigError."""
        names = variables.get(TRUST_VARIABLE, "").split(os.pathsep)
        return cls(tuple(absolute(name, TRUST_VARIABLE).resolve() for name in names if name))

    def of_a_project(self, path: Path) -> Configuration | None:
        """A file in the root of a project; None if there is none. Raises ConfigError if it cannot be read."""
        found = _read(path)
        if found is None:
            return None
        text, status = found
        objection = _whose(status, path.parent.stat(), _BY_ANYBODY)
        if objection:
            objection += (
                f": they would decide what is compared and where; if you trust everybody who can write there, as in a "
                f"container, set {TRUST_VARIABLE}={path.parent}"
            )
        if leads_out(path, path.parent):
            objection = f"it is a link that leads out of {path.parent}: put the file itself there"
        return Configuration(path, text, None if self._covers(path) else objection)

    def of_the_user(self, path: Path) -> Configuration | None:
        """The configuration of the user; None if there is none. Raises ConfigError if it cannot be read."""
        # its name, not what it links to: a user may well keep it in a repository, but HOME must not be a project's
        repository = next((folder for folder in path.parents if (folder / ".git").exists()), None)
        objection = (
            None
            if repository is None
            else (
                f"it lies in the repository {repository}, so others write it, too; "
                f"if that is yours alone, set {TRUST_VARIABLE}={repository}"
            )
        )
        return self._of_one(path, "which programs run", objection)

    def of_allowed_signers(self, path: Path, repository: Path | None) -> Configuration | None:
        """A file that says whose approvals count, found in `repository` if in any; None if there is none.

        Raises ConfigError if it cannot be read.
        """
        objection = (
            None
            if repository is None
            else (
                f"it lies in {repository}, where whoever can change a plan can change it, too: keep it elsewhere; if "
                f"it is guarded there, as by code owners on a protected branch, set {TRUST_VARIABLE}={repository}"
            )
        )
        return self._of_one(path, "whose approvals count", objection)

    def _of_one(self, path: Path, decides: str, objection: str | None) -> Configuration | None:
        """A file that nobody but one person and root may write, with what it `decides`; an `objection` comes first."""
        found = _read(path)
        if found is None:
            return None
        text, status = found
        real = path.resolve()
        if objection is None and (wrong := _whose(status, real.parent.stat(), _BY_OTHERS)):
            objection = f"{wrong}, and it decides {decides}: chown and chmod go-w {real} and its folder"
        return Configuration(path, text, None if self._covers(path) else objection)

    def _covers(self, path: Path) -> bool:
        return any(path.resolve().is_relative_to(folder) for folder in self.folders)


CALLER = Trust()
"""What belongs to the caller or to root, and nothing else."""


def _read(path: Path) -> tuple[str, os.stat_result] | None:
    """The text of a file, and what was opened; a device or a pipe is as good as no file."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            return (file.read(), status) if stat.S_ISREG(status.st_mode) else None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error


def _whose(file: os.stat_result, folder: os.stat_result, others: int) -> str | None:
    """What is wrong with the owner of a file or with who may write it, as the mode bits `others` say."""
    if file.st_uid not in (0, os.geteuid()):
        return f"it belongs to {_name(file.st_uid)}, not to you"
    if file.st_mode & others:
        return "others may write it"
    if folder.st_mode & others:
        return "others may write its folder"
    return None


def _name(uid: int) -> str:
    try:
        return f"user {pwd.getpwuid(uid).pw_name!r}"
    except KeyError:
        return f"user {uid}"
