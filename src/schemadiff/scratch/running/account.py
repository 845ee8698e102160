"""The account that the server runs as: the caller, or an unprivileged user when the caller is root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from schemadiff.errors import ScratchError


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged user that owns the server's files and runs its processes."""

    name: str
    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether the user can reach files inside `folder` by their path."""
        return all(self._may_search(part.stat()) for part in (folder, *folder.parents))

    def _may_search(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def server_account() -> Account | None:
    """The user to change to, or None when the caller is no root and the server runs as the caller.

    Postgres refuses to run as root. Raises ScratchError when root has no unprivileged user to use.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if user.pw_uid != 0:
            return Account(name, user.pw_uid, user.pw_gid)
    raise ScratchError(
        "postgres does not run as root and there is no user 'postgres' or 'nobody' to run it as: "
        "create one of them, or run schemadiff as an ordinary user"
    )
