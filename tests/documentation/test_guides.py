"""The guides that tell a story are followed to the letter, on a real server, and show what is really printed."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.scratch.server import ScratchServer

from .pages import ROOT, Block, blocks

STORIES = ("start.md", "expand-and-contract.md", "staging-to-production.md", "uninstalling.md")

CHANGING = re.compile(r"\d+")
"""What differs from run to run: times, and names of plans."""


def shell(folder: Path, url: str, other_url: str) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Runs a script of bash in `folder`, where `schemadiff` and psql's -c are at hand."""
    programs = folder.parent / "programs"
    programs.mkdir()
    for name, module in (("schemadiff", "-m schemadiff"), ("psql", str(Path(__file__).parent / "print_rows.py"))):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        program.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "SCHEMADIFF_"))}
    environment |= {"PATH": f"{programs}:{environment['PATH']}", "DATABASE_URL": url, "COLUMNS": "110"}
    environment |= {"STAGING_URL": url, "PRODUCTION_URL": other_url}

    def run(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-euc", script],
            cwd=folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )

    return run


def lines_of(text: str) -> list[str]:
    """Without what is left out, and without the rule below a heading."""
    lines = [" ".join(CHANGING.sub("N", line).split()) for line in text.splitlines()]
    return [line for line in lines if line.strip("-+") not in ("", "...")]


@pytest.mark.parametrize("page", STORIES)
def test_a_guide(page: str, server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "project"
    (folder / "desired_schema").mkdir(parents=True)
    run = shell(folder, fresh_database(server17), fresh_database(server17))
    printed = ""
    for block in blocks(ROOT / "docs" / page):
        if block.title:
            written = folder / block.title
            written.parent.mkdir(exist_ok=True)
            written.write_text(block.text)
        elif block.language == "sh":
            printed = followed(block, run)
        elif block.language == "text" and printed:
            shown, found = lines_of(block.text), lines_of(printed)
            assert not [line for line in shown if line not in found], f"{block}\n{printed}"


def followed(block: Block, run: Callable[[str], subprocess.CompletedProcess[str]]) -> str:
    """What a block prints; it succeeds, or is refused where the page says so."""
    done = run(block.text)
    assert done.returncode == (3 if "refused" in block.rest else 0), f"{block}\n{done.stdout}"
    return done.stdout
