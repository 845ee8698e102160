"""schemadiff as root and as an ordinary user runs it, in a process of its own."""

import os
import pwd
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NOBODY = pwd.getpwnam("nobody").pw_uid

_PROGRAM = """
import os, pkgutil, sys
from importlib import import_module
import schemadiff
uid = int(sys.argv.pop(1))
if uid != os.geteuid():  # the interpreter may lie where an ordinary user cannot enter
    for module in pkgutil.walk_packages(schemadiff.__path__, "schemadiff."):
        if module.name != "schemadiff.__main__":
            import_module(module.name)
    import difflib, encodings.idna, platformdirs.unix, psycopg_binary, tomllib, zipfile
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
from schemadiff.cli.main import main
main()
"""

CALLERS = [0, NOBODY] if os.geteuid() == 0 else [os.geteuid()]
"""The users that the tests can be."""


def run_as(
    uid: int, folder: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What schemadiff does in `folder` for a user without a configuration, unless `variables` name one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "DATABASE", "SCHEMADIFF"))}
    home = {"HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(uid), *arguments],
        cwd=folder,
        env=kept | home | dict(variables or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
