"""Data directories: initialised once for each version and platform pack, copied for each server."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from schemadiff.catalog.versions import HAS_IO_METHOD, major
from schemadiff.errors import ScratchError
from schemadiff.scratch.addresses import private, url_of
from schemadiff.scratch.confinement.cell import cell_here
from schemadiff.scratch.installing.cache import once
from schemadiff.scratch.installing.installation import Installation
from schemadiff.scratch.running.account import Account, initialising_account
from schemadiff.scratch.running.process import major_of, start_server
from schemadiff.scratch.running.runs import claimed_run, data_folder

BOOTSTRAP = "schemadiff_bootstrap"
"""The superuser of a cached data directory; each server on a copy of it gives this role a name of its own."""

CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
min_wal_size = 8MB
max_wal_size = 1GB
checkpoint_timeout = 1d
autovacuum = off
restart_after_crash = off
shared_buffers = 64MB
max_connections = 60
max_locks_per_transaction = 512
max_worker_processes = 0
max_logical_replication_workers = 0
max_parallel_workers_per_gather = 0
bgwriter_lru_maxpages = 0
dynamic_shared_memory_type = mmap
jit = off
temp_file_limit = 4GB
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = fatal
log_min_error_statement = panic
listen_addresses = ''
unix_socket_permissions = 0600
"""
_CONFIGURATION_SINCE_18 = "io_method = sync\n"
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


def data_directory(installation: Installation, cache: Path, *, content: str, fill: Callable[[str], None]) -> Path:
    """The cached data directory for `installation`, initialised the first time.

    `content` identifies what is in it; `fill` puts it there, given the URL of the database postgres. Only copies of
    it run, so root's belongs to root, and the users of the copies may read it.
    """
    parts = (installation.root.name, CONFIGURATION, _CONFIGURATION_SINCE_18, _ACCESS, content, BOOTSTRAP)
    key = sha256(repr(parts).encode()).hexdigest()[:16]

    def build(fresh: Path) -> None:
        account = initialising_account()
        with claimed_run(cache, account) as run:
            _initialise(installation, data_folder(run.folder, account), account)
            settings = {"unix_socket_directories": str(run.socket)}
            server = start_server(
                installation, run.data, account=account, log=run.log, settings=settings, cell=cell_here(account)
            )
            try:
                fill(url_of(private(BOOTSTRAP, run.socket), "postgres"))
            finally:
                server.stop(signal.SIGINT)
            if account:
                _take_over(run.data)
            run.data.rename(fresh)

    return once(cache / "data" / key, build)


def copy_data_directory(source: Path, target: Path, account: Account | None) -> None:
    """Copies a data directory into an empty one as `account`, sharing blocks where the file system can."""
    sharing = ["-c"] if sys.platform == "darwin" else ["--reflink=auto"]
    for options in (sharing, []):
        try:
            subprocess.run(
                ["cp", "-R", *options, f"{source}/.", target],
                check=True,
                capture_output=True,
                cwd="/",
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        else:
            return
    raise ScratchError(f"the data directory {str(source)!r} cannot be copied to {str(target)!r}: is the disk full?")


def _take_over(data: Path) -> None:
    """Make a data directory root's own, to be read by everybody; whoever owned it may still change it meanwhile."""
    for _, folders, names, folder in os.fwalk(data):
        for name in (".", *folders, *names):
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            try:
                status = os.fstat(file)
                if stat.S_ISREG(status.st_mode) and status.st_nlink != 1:
                    raise ScratchError(f"{name!r} in the new data directory {str(data)!r} is a link to another file")
                os.fchown(file, 0, 0)
                os.fchmod(file, 0o755 if stat.S_ISDIR(status.st_mode) else 0o644)
            finally:
                os.close(file)


def _initialise(installation: Installation, data: Path, account: Account | None) -> None:
    failures = []
    for locale in _LOCALES:
        failure = _initdb(installation, data, account, locale)
        if failure is None:
            break
        failures.append(failure)
    else:
        raise ScratchError("initdb failed for the scratch server:\n" + "\n".join(failures))
    configuration = CONFIGURATION + (_CONFIGURATION_SINCE_18 if major_of(data) >= major(HAS_IO_METHOD) else "")
    (data / "postgresql.conf").write_text(configuration, "utf-8")
    (data / "pg_hba.conf").write_text(_ACCESS, "utf-8")


_LOCALES = (
    ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    ("--locale=C.UTF-8", "--lc-messages=C"),
    ("--locale=C",),
)
"""Ways to a deterministic UTF-8 locale; the first is of Postgres 17, the second is not on every system."""


def _initdb(installation: Installation, data: Path, account: Account | None, locale: tuple[str, ...]) -> str | None:
    """Runs initdb; returns what it says if it fails, leaving `data` empty."""
    done = subprocess.run(
        [
            installation.programs / "initdb",
            f"--pgdata={data}",
            f"--username={BOOTSTRAP}",
            "--auth=trust",
            "--encoding=UTF8",
            "--wal-segsize=1",
            "--no-sync",
            "--no-instructions",
            *locale,
        ],
        capture_output=True,
        text=True,
        cwd=data,
        env=installation.environment,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    return None if done.returncode == 0 else done.stderr.strip()
