"""The account that the server runs as: the caller, or an unprivileged user of its own when the caller is root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from schemadiff.errors import ScratchError

_TRANSIENT = range(61184, 65520)
"""User ids that are never anybody's for long: systemd takes its own transient users from here."""

_INITIALISERS = ("nobody", "daemon", "bin")
_ATTEMPTS = 100


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
    """A user of the server's own, without a name; None when the caller is no root and the server runs as the caller.

    Postgres refuses to run as root. Whoever rules the server rules no other process and owns no file but its own, not
    even those of another scratch server. Raises ScratchError when all such users are taken.
    """
    if os.geteuid() != 0:
        return None
    for _ in range(_ATTEMPTS):
        number = SystemRandom().choice(_TRANSIENT)
        if not _is_known(number):
            return Account(f"uid {number}", number, number)
    raise ScratchError(
        f"no user id from {_TRANSIENT[0]} to {_TRANSIENT[-1]} seems free for the scratch server: "
        "run schemadiff as an ordinary user"
    )


def initialising_account() -> Account | None:
    """Who runs initdb, which asks for the name of its user; None when the caller is no root.

    Raises ScratchError when there is no such user.
    """
    if os.geteuid() != 0:
        return None
    for name in _INITIALISERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if user.pw_uid != 0:
            return Account(name, user.pw_uid, user.pw_gid)
    raise ScratchError(
        f"initdb does not run as root and there is none of the users {', '.join(_INITIALISERS)} to run it as: "
        "create one of them, or run schemadiff as an ordinary user"
    )


def _is_known(number: int) -> bool:
    try:
        pwd.getpwuid(number)
    except KeyError:
        return False
    return True
