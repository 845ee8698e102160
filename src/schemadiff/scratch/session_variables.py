"""Variables by which libpq gives every session settings of its own, whatever a connection string says."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

VARIABLES = ("PGTZ", "PGDATESTYLE", "PGGEQO")
"""A time zone or a style of dates would change what constants in files mean."""

_LOCK = Lock()
_USERS = 0
_KEPT: dict[str, str] = {}


@contextmanager
def without_session_variables() -> Iterator[None]:
    """The block, in which they are not set; they come back when the last of such blocks ends, in whatever thread."""
    global _USERS
    with _LOCK:
        _USERS += 1
        _KEPT.update((name, os.environ.pop(name)) for name in VARIABLES if name in os.environ)
    try:
        yield
    finally:
        with _LOCK:
            _USERS -= 1
            if not _USERS:
                os.environ.update(_KEPT)
                _KEPT.clear()
