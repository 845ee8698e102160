"""Data directories: initialised once for each version and platform pack, copied for each server."""

import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from schemadiff.catalog.versions import HAS_IO_METHOD, major
from schemadiff.errors import ScratchError
from schemadiff.scratch.installing.cache import once
from schemadiff.scratch.installing.installation import Installation
from schemadiff.scratch.running.account import Account
from schemadiff.scratch.running.process import start_server
from schemadiff.scratch.running.runs import claimed_run, data_folder

SUPERUSER = "schemadiff_scratch"

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
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = fatal
log_min_error_statement = panic
listen_addresses = ''
unix_socket_permissions = 0700
"""
_CONFIGURATION_SINCE_18 = "io_method = sync\n"
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


def major_of(data: Path) -> int:
    """The major version that a data directory belongs to."""
    return int((data / "PG_VERSION").read_text("utf-8"))


def data_directory(
    installation: Installation,
    cache: Path,
    account: Account | None,
    *,
    content: str,
    fill: Callable[[str], None],
) -> Path:
    """The cached data directory for `installation`, initialised the first time.

    `content` identifies what is in it; `fill` puts it there, given the URL of the database postgres.
    """
    parts = (installation.root.name, CONFIGURATION, _CONFIGURATION_SINCE_18, _ACCESS, content, account)
    key = sha256(repr(parts).encode()).hexdigest()[:16]

    def build(fresh: Path) -> None:
        with claimed_run(cache, account) as run:
            _initialise(installation, data_folder(run.folder, account), account)
            settings = {"unix_socket_directories": str(run.socket)}
            server = start_server(installation, run.data, account=account, log=run.log, settings=settings)
            try:
                fill(f"postgresql://{SUPERUSER}@/postgres?host={run.socket}")
            finally:
                server.stop(signal.SIGINT)
            run.data.rename(fresh)

    return once(cache / "data" / key, build)


def copy_data_directory(source: Path, target: Path) -> None:
    """Copies a data directory with its owner into an empty one, sharing blocks where the file system can."""
    sharing = ["-c"] if sys.platform == "darwin" else ["--reflink=auto"]
    for options in (sharing, []):
        try:
            subprocess.run(["cp", "-a", *options, f"{source}/.", target], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        else:
            return
    raise ScratchError(f"the data directory {str(source)!r} cannot be copied to {str(target)!r}: is the disk full?")


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
            f"--username={SUPERUSER}",
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
