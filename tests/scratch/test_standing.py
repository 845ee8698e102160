"""A server that may go on running, on loopback and with a password."""

from pathlib import Path

import psycopg
import pytest

from schemadiff.scratch.platform import Profile
from schemadiff.scratch.standing import standing_server, stop_standing_server


@pytest.mark.parametrize("profile", ["plain", "supabase"])
def test_it_is_gone_afterwards(open_folder: Path, profile: Profile) -> None:
    with standing_server("demo", profile=profile, cache_dir=open_folder) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE t ()")
            assert connection.execute("SHOW is_superuser").fetchone() == ("off",)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url.replace(server.password, "guess"))
        with psycopg.connect(server.superuser_url) as connection:
            assert connection.execute("SHOW is_superuser").fetchone() == ("on",)
    assert not server.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url)


def test_it_goes_on_until_it_is_stopped(open_folder: Path) -> None:
    with standing_server("demo", cache_dir=open_folder) as server:
        server.keep = True
    psycopg.connect(server.url).close()
    with standing_server("demo", cache_dir=open_folder) as successor:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url)
        successor.keep = True
    stop_standing_server("demo", cache_dir=open_folder)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(successor.url)
    assert not successor.folder.exists()
