"""The folder that keeps installations and data directories between runs."""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import platformdirs

from schemadiff.errors import ScratchError
from schemadiff.scratch.running.account import Account

_KEPT_SECONDS = 60 * 24 * 3600

_MARKER = ".schemadiff"
_MARK = b"schemadiff created this folder, and removes it when it is no longer used.\n"


def cache_folder(account: Account | None, configured: Path | None = None) -> Path:
    """The cache of this user, created if need be; root's lies where `account` can enter.

    Raises ScratchError if it cannot be created, if others may write it, since programs in it are run, or if `account`
    cannot enter the configured one.
    """
    folder = configured.absolute() if configured else _default_folder(account)
    try:
        make_folder(folder)
    except OSError as error:
        raise ScratchError(f"the cache folder {str(folder)!r} cannot be created: {error.strerror}") from error
    status = folder.stat()
    if status.st_uid not in (0, os.geteuid()) or status.st_mode & stat.S_IWOTH:
        raise ScratchError(
            f"the cache folder {str(folder)!r} belongs to another user, or everybody may write it, and programs in it "
            "are run: choose another one, or let nobody else write it"
        )
    if account and not account.can_enter(folder):
        raise ScratchError(
            f"the user {account.name!r}, who runs the scratch server, cannot enter the cache folder {str(folder)!r}: "
            "choose another one, or allow others to enter it and the folders above it (chmod o+x)"
        )
    return folder


def _default_folder(account: Account | None) -> Path:
    wanted = Path("/var/cache/schemadiff") if account else platformdirs.user_cache_path("schemadiff")
    if not wanted.is_absolute():  # nobody's home, but a place in the working directory
        return _temporary_folder()
    try:
        make_folder(wanted)
    except OSError:
        return _temporary_folder()
    return wanted if os.access(wanted, os.W_OK) else _temporary_folder()


def _temporary_folder() -> Path:
    """The cache where no better folder is writable; refused if another user created it."""
    folder = Path(tempfile.gettempdir()) / f"schemadiff-{os.geteuid()}"
    make_folder(folder)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise ScratchError(f"the cache folder {str(folder)!r} belongs to another user: choose one with --cache-dir")
    return folder


def make_folder(folder: Path) -> None:
    """Creates `folder` and those above it; others may enter what is new, because the server's user must."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def mark(folder: Path) -> None:
    """Say of a new folder that it is ours to remove."""
    (folder / _MARKER).write_bytes(_MARK)


def is_marked(folder: Path) -> bool:
    """Whether `mark` was called for a folder; a link to one is none."""
    try:
        return not folder.is_symlink() and (folder / _MARKER).read_bytes() == _MARK
    except OSError:
        return False


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file `path`; waits for another process or thread that holds it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _forget_unused(folder: Path) -> None:
    """Removes what has not been used for long: each version of programs and packs leaves a copy behind."""
    for path in folder.iterdir():
        with suppress(OSError):
            if is_marked(path) and path.stat().st_mtime < time.time() - _KEPT_SECONDS:
                shutil.rmtree(path)


def once(path: Path, build: Callable[[Path], None]) -> Path:
    """`path`; if it does not exist yet, `build` creates it beside that place, and it is renamed when complete.

    Of several processes one builds and the others wait; a build that was killed leaves nothing that is used.
    """
    if path.is_dir():
        os.utime(path)
        return path
    make_folder(path.parent)
    _forget_unused(path.parent)
    with locked(path.with_name(f"{path.name}.lock")):
        if not path.is_dir():
            for abandoned in path.parent.glob(f"{path.name}.*.new"):
                if is_marked(abandoned):
                    shutil.rmtree(abandoned, ignore_errors=True)
            fresh = path.with_name(f"{path.name}.{uuid4().hex}.new")
            build(fresh)
            mark(fresh)
            fresh.rename(path)
    return path
