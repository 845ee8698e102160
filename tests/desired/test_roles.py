"""What desired files may say of roles, and what they may not."""

from pathlib import Path

import psycopg
import pytest

from schemadiff.desired.files import read_desired
from schemadiff.desired.loading.declared_roles import load_roles, without_roles
from schemadiff.errors import DesiredError
from schemadiff.scratch.server import ScratchServer


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE ROLE a LOGIN PASSWORD 'hunter2'", "PASSWORD"),
        ("ALTER ROLE a PASSWORD NULL", "PASSWORD"),
        ("CREATE ROLE a SUPERUSER", "SUPERUSER"),
        ("ALTER ROLE a IN DATABASE b SET work_mem = '1MB'", "IN DATABASE"),
        ("ALTER ROLE ALL SET work_mem = '1MB'", "ROLE ALL"),
        ("ALTER ROLE a SET work_mem FROM CURRENT", "write the value"),
        ("DROP ROLE a", "only declare"),
        ("CREATE ROLE a; GRANT pg_read_server_files TO a", "not managed"),
        ("CREATE ROLE a ADMIN CURRENT_USER", "not managed"),
        ("GRANT pg_monitor TO CURRENT_USER", "not managed"),
        ("GRANT pg_monitor TO pg_read_all_data", "not managed"),
        ("ALTER ROLE pg_monitor LOGIN", "not managed"),
        ('GRANT missing TO "excluded role"', "not managed"),
        ("GRANT missing TO a", "does not exist"),
    ],
)
def test_what_is_refused(server: ScratchServer, tmp_path: Path, statement: str, words: str) -> None:
    file = tmp_path / "a.sql"
    file.write_text(statement, encoding="utf-8")
    with psycopg.connect(server.url("postgres")) as admin, pytest.raises(DesiredError) as refused:
        _, found = without_roles(read_desired(file, roles=True))
        load_roles(found, admin, server.superuser, ["excluded role"])
    assert words in str(refused.value) and "a.sql:1:" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_password_is_not_shown_without_roles_either(tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    file.write_text("CREATE USER a ENCRYPTED PASSWORD 'hunter2'", encoding="utf-8")
    with pytest.raises(DesiredError, match="--roles") as refused:
        read_desired(file)
    assert "hunter2" not in str(refused.value)
