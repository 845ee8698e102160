"""The site is built of the pages and of the code, without a warning, and every page of it is linked."""

import os
import subprocess
import sys
from pathlib import Path

from .pages import ROOT


def test_the_site_is_built(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        text=True,
        capture_output=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    commands = (tmp_path / "site" / "reference" / "commands" / "index.html").read_text()
    assert "schemadiff rollback" in commands and "--max-wait" in commands
    assert '<h2 id="segment">' in (tmp_path / "site" / "reference" / "ledger" / "index.html").read_text()
    assert "https://fonts." not in commands
