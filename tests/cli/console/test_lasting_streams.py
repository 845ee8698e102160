"""A run goes on when nobody listens any more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import schemadiff

from ..shell import Shell


@pytest.mark.parametrize("closed", ["meanwhile", "from the beginning"])
def test_a_closed_output_does_not_stop_a_run(shell: Shell, closed: str) -> None:
    """Neither while it runs nor before; it is committed and recorded to its end."""
    plan = shell.plan("--no-proof")
    arguments = ["apply", plan, "--auto-approve", "--no-proof", "--database-url", shell.url]
    command = [sys.executable, "-m", "schemadiff", *arguments]
    if closed == "from the beginning":
        command = ["/bin/sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command]
    variables = os.environ | {"PYTHONPATH": str(Path(schemadiff.__file__).parents[1])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert shell.scalar("SELECT state FROM schemadiff.run") == "done"
    assert shell.scalar("SELECT count(*) FROM app.customer WHERE seen_at IS NOT NULL") == 50
