"""Snapshots on disk: packed JSON, readable by their owner alone."""

import gzip
import json
import os
import stat
import zlib
from pathlib import Path
from uuid import uuid4

from schemadiff.api.snapshots.document import document_of, snapshot_of
from schemadiff.api.snapshots.snapshot import Snapshot
from schemadiff.errors import ConfigError, SnapshotUnfit
from schemadiff.plans.directory import limits
from schemadiff.plans.directory.states import unpacked

_MAGIC = b"\x1f\x8b"
"""How a packed file begins, and no file of SQL does."""


def is_snapshot(path: Path) -> bool:
    """Whether a path leads to a packed file, as snapshots are."""
    try:
        return path.is_file() and _head(path) == _MAGIC
    except OSError:
        return False


def read_snapshot(path: Path) -> Snapshot:
    """The snapshot in a file, which anybody may have written.

    Errors: ConfigError for a file that is no snapshot; SnapshotUnfit for one that another version has taken.
    """
    try:
        content = _read(path)
        if len(content) > limits.MOST_PACKED:
            raise ValueError(f"it is larger than {limits.MOST_PACKED // 2**20} MB")
        return snapshot_of(json.loads(unpacked(content)))
    except SnapshotUnfit as error:
        raise SnapshotUnfit(f"{path}: {error}") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, TypeError, LookupError, zlib.error, RecursionError, OverflowError) as error:
        raise ConfigError(
            f"{path} is no snapshot, or damaged ({str(error) or type(error).__name__}): "
            "take one with 'schemadiff snapshot'"
        ) from None


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Put a snapshot in place of whatever stands at `path`, whole or not at all. Raises OSError."""
    text = json.dumps(document_of(snapshot), ensure_ascii=False, separators=(",", ":"))
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(gzip.compress(text.encode(), compresslevel=6, mtime=0))
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_MAGIC))


def _read(path: Path) -> bytes:
    # a pipe would wait for somebody to write
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is no regular file")
        return file.read(min(limits.MOST_PACKED, status.st_size) + 1)
