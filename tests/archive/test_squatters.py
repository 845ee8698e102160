"""The archive is used only as schemadiff makes it, also by scripts that run without schemadiff."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import schemadiff
from schemadiff.catalog.private_schema import CONTENTS
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import Refused
from schemadiff.execution.run_options import RunOptions
from schemadiff.scratch.server import ScratchServer

from .project import Maker, ProjectFolder

LIVE = "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, a int, b int); INSERT INTO app.t VALUES (1, 2, 3);"
WITHOUT = "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, {} int);"

ARCHIVE = f"CREATE SCHEMA schemadiff_archive; {CONTENTS.create()}"

TRAP = """
    CREATE FUNCTION schemadiff_archive.trap() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ALTER ROLE grabber SUPERUSER; END IF;
        RETURN NEW;
    END $$;
    CREATE FUNCTION schemadiff_archive.spring() RETURNS timestamptz LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ALTER ROLE grabber SUPERUSER; END IF;
        RETURN now();
    END $$
"""
TRIGGER = """
    CREATE TRIGGER t BEFORE INSERT ON schemadiff_archive.contents
    FOR EACH ROW EXECUTE FUNCTION schemadiff_archive.trap()
"""
DEFAULT = "ALTER TABLE schemadiff_archive.contents ALTER archived_at SET DEFAULT schemadiff_archive.spring()"


def as_grabber(server: ScratchServer, shop: ProjectFolder, *statements: str) -> None:
    """Run statements as a role that may create in the database and is no superuser."""
    server.create_role("grabber", "LOGIN")
    with psycopg.connect(shop.url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO grabber").format(name))
        connection.execute("SET ROLE grabber")
        for statement in statements:
            connection.execute(statement.encode())


def written(shop: ProjectFolder, desired: str, name: str = "") -> Path:
    """A plan to `desired` on disk."""
    return schemadiff.write(shop.plan(desired), shop.folder / f"plans{name}")


def run_script(shop: ProjectFolder, script: Path) -> None:
    """What psql does with a script, in a session whose path leads to what others made."""
    with psycopg.connect(shop.url, autocommit=True) as connection:
        connection.execute("SET search_path = public, pg_catalog")
        connection.execute(script.read_bytes())


def unharmed(shop: ProjectFolder) -> bool:
    return shop.one("SELECT rolsuper FROM pg_roles WHERE rolname = 'grabber'") is False


MADE = {
    "schema": ["CREATE SCHEMA schemadiff_archive"],
    "table": [ARCHIVE],
    "trigger": [ARCHIVE, TRAP, TRIGGER],
    "default": [ARCHIVE, TRAP, DEFAULT],
    "view": [
        "CREATE SCHEMA schemadiff_archive",
        TRAP,
        "CREATE VIEW schemadiff_archive.contents AS SELECT '' AS name, schemadiff_archive.spring() AS archived_at",
    ],
}


def test_an_archive_that_another_role_made(server: ScratchServer, project: Maker) -> None:
    shop = project(LIVE)
    directory = written(shop, WITHOUT.format("a"))
    state, rows = shop.state(), shop.rows()
    allow = RunOptions(allow=frozenset(Hazard))
    uses = (
        lambda: schemadiff.apply(directory, shop.url, allow),
        lambda: schemadiff.status(shop.url),
        lambda: schemadiff.purge(shop.url, timedelta(0), lambda entries: None),
    )
    for name, made in MADE.items():
        as_grabber(server, shop, *made)
        for use in uses:
            with pytest.raises(Refused, match=r"the schema belongs to role grabber\n"):
                use()
        with pytest.raises(psycopg.errors.RaiseException, match=r"schema schemadiff_archive is not used.*role grabber"):
            run_script(shop, directory / "up.sql")
        assert unharmed(shop), name
        shop.run("DROP SCHEMA schemadiff_archive CASCADE")
    assert (shop.state(), shop.rows()) == (state, rows)


def test_an_archive_of_ones_own_that_was_changed(server: ScratchServer, project: Maker) -> None:
    shop = project(LIVE)
    first = shop.apply(WITHOUT.format("a"))
    directory = written(shop, "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY);", "2")
    as_grabber(server, shop)
    shop.run(TRAP)
    allow = RunOptions(allow=frozenset(Hazard))
    spoiled = (
        (TRIGGER, "DROP TRIGGER t ON schemadiff_archive.contents"),
        (DEFAULT, "ALTER TABLE schemadiff_archive.contents ALTER archived_at SET DEFAULT now()"),
        (
            "GRANT TRIGGER ON schemadiff_archive.contents TO PUBLIC",
            "REVOKE ALL ON schemadiff_archive.contents FROM PUBLIC",
        ),
        ("GRANT CREATE ON SCHEMA schemadiff_archive TO PUBLIC", "REVOKE ALL ON SCHEMA schemadiff_archive FROM PUBLIC"),
        ("CREATE RULE r AS ON DELETE TO schemadiff_archive.contents DO ALSO SELECT schemadiff_archive.spring()",
         "DROP RULE r ON schemadiff_archive.contents"),
    )  # fmt: skip
    for spoil, undo in spoiled:
        shop.run(spoil)
        for script in (directory / "up.sql", first.directory / "down.sql"):
            with pytest.raises(
                psycopg.errors.RaiseException, match=r"contents (trigger|rule|archived_at|grants)|grants CREATE"
            ):
                run_script(shop, script)
        for use in (lambda: schemadiff.apply(directory, shop.url, allow), first.rollback):
            with pytest.raises(Refused, match="it is not as schemadiff makes it"):
                use()
        shop.run(undo)
    assert unharmed(shop)
    shop.run("DROP FUNCTION schemadiff_archive.trap(), schemadiff_archive.spring()")
    first.rollback()
    assert shop.one("SELECT b FROM app.t") == 3


def test_a_way_back_finds_an_archive_of_anothers(server: ScratchServer, project: Maker) -> None:
    shop = project(LIVE)
    applied = shop.apply(WITHOUT.format("a"))
    shop.run("DROP SCHEMA schemadiff_archive CASCADE")
    as_grabber(
        server, shop, ARCHIVE, TRAP,
        'CREATE VIEW schemadiff_archive."app.t.b" AS SELECT 1 AS id, 2 AS b, schemadiff_archive.spring()',
        "GRANT ALL ON SCHEMA schemadiff_archive TO PUBLIC",
    )  # fmt: skip
    with pytest.raises(Refused, match="belongs to role grabber"):
        applied.rollback()
    with pytest.raises(psycopg.errors.RaiseException, match="belongs to role grabber"):
        run_script(shop, applied.directory / "down.sql")
    assert unharmed(shop)


def test_two_open_plans_share_the_archive(project: Maker) -> None:
    """Both would make it; whichever comes second finds it, with and without schemadiff."""
    shop = project(LIVE + "CREATE TABLE app.u (id int PRIMARY KEY); CREATE TABLE app.v (id int PRIMARY KEY)")
    both = "CREATE TABLE app.{} (id int PRIMARY KEY);"
    plans = [written(shop, LIVE.partition("INSERT")[0] + both.format(kept), kept) for kept in "vu"]
    shop.run("SET search_path = app")
    run_script(shop, plans[0] / "up.sql")
    run_script(shop, plans[1] / "up.sql")
    assert shop.one("SELECT array_agg(name ORDER BY name) FROM schemadiff_archive.contents") == ["app.u", "app.v"]
    run_script(shop, plans[0] / "down.sql")
    run_script(shop, plans[1] / "down.sql")
    assert shop.one("SELECT to_regnamespace('schemadiff_archive') IS NULL") is True


def test_the_path_of_a_script_stays(project: Maker) -> None:
    """What a person wrote below the archive's opening finds its tables as before."""
    shop = project(LIVE + "CREATE TABLE public.log (words text)")
    directory = written(shop, WITHOUT.format("a") + "CREATE TABLE public.log (words text);")
    script = directory / "up.sql"
    script.write_text(script.read_text().replace("COMMIT;", "INSERT INTO log VALUES ('done');\nCOMMIT;"))
    run_script(shop, script)
    assert shop.one("SELECT words FROM public.log") == "done"


def test_default_privileges_that_came_after_the_plan(server: ScratchServer, project: Maker) -> None:
    server.create_role("grabber", "LOGIN")
    shop = project(LIVE)
    directory = written(shop, WITHOUT.format("a"))
    shop.run(
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO grabber;"
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC"
    )
    run_script(shop, directory / "up.sql")
    assert shop.one("SELECT has_schema_privilege('grabber', 'schemadiff_archive', 'USAGE')") is False
    others = "SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE relname = 'contents' AND grantee <> relowner"
    assert shop.one(others) == 0
