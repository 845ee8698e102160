"""What is written down where two judges disagree."""

from pathlib import Path

import pytest

from schemadiff.proof.bundle import dumped


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:hun%40ter2@h:1/d", "host=h user=u password='hun ter2'", "postgresql://u@h/d?sslpassword=hunter2"],
)
def test_no_password_stands_on_the_command_line_of_pg_dump(tmp_path: Path, url: str) -> None:
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "arguments $*"; env\n')
    program.chmod(0o755)
    first, *environment = (dumped(program, url) or "").splitlines()
    assert "user=u" in first
    assert "ter2" not in first
    assert [line for line in environment if line.startswith("PGPASSWORD=")] == (
        [] if "ssl" in url else ["PGPASSWORD=hun@ter2" if "%40" in url else "PGPASSWORD=hun ter2"]
    )
