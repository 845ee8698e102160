"""The archive is shown by status and emptied by purge; a rollback that needs what is gone is refused."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from schemadiff.cli.main import cli
from schemadiff.errors import PreflightRefused

from .project import Maker

LIVE = """
CREATE SCHEMA app;
CREATE TABLE app.kept (id int PRIMARY KEY, gone text);
CREATE TABLE app.old (id int PRIMARY KEY);
INSERT INTO app.kept SELECT i, 'x' FROM generate_series(1, 100) AS i;
"""


def test_purge_removes_what_is_old_enough(project: Maker) -> None:
    shop = project(LIVE)
    applied = shop.apply("CREATE SCHEMA app; CREATE TABLE app.kept (id int PRIMARY KEY);")
    state = shop.state()
    run = CliRunner()
    status = run.invoke(cli, ["status", "--database-url", shop.url])
    assert "archive: 2 objects (" in status.stderr
    young = run.invoke(cli, ["purge", "--database-url", shop.url, "--older-than", "30d", "--auto-approve"])
    assert (young.exit_code, "nothing in the archive is that old" in young.stderr) == (0, True)
    asked = run.invoke(cli, ["purge", "--database-url", shop.url])
    assert asked.exit_code == 3, "nobody is there to answer"
    purged = run.invoke(cli, ["purge", "--database-url", shop.url, "--auto-approve"])
    assert (purged.exit_code, "removed 2 objects" in purged.stderr) == (0, True), purged.stderr
    assert shop.one("SELECT count(*) FROM pg_namespace WHERE nspname = 'schemadiff_archive'") == 0
    with pytest.raises(PreflightRefused, match="the archive was purged") as refused:
        applied.rollback()
    assert shop.state() == state
    words = str(refused.value)
    assert re.search(r"  table app\.old \(archived \d{4}-\d\d-\d\d \d\d:\d\d, purged \d{4}-", words), words
    assert "make a new plan; rows and values are in backups only" in words


def test_a_sequence_whose_place_is_forgotten_refuses_too(project: Maker) -> None:
    shop = project("CREATE SCHEMA app; CREATE SEQUENCE app.s; SELECT nextval('app.s')")
    applied = shop.apply("CREATE SCHEMA app;")
    shop.run("DROP SCHEMA schemadiff_archive CASCADE")
    with pytest.raises(PreflightRefused, match=r"purged of what it needs:\n  sequence app\.s\n"):
        applied.rollback()


@pytest.mark.parametrize(
    ("text", "age"), [("30d", timedelta(days=30)), ("12h", timedelta(hours=12)), ("0", timedelta())]
)
def test_ages(text: str, age: timedelta) -> None:
    from schemadiff.cli.commands.purge import command

    option = next(option for option in command.params if option.name == "older_than")
    assert option.callback is not None
    assert option.callback(None, option, text) == age  # type: ignore[arg-type]


def test_an_age_that_is_none() -> None:
    refused = CliRunner().invoke(cli, ["purge", "--older-than", "soon"])
    assert (refused.exit_code, "is not an age" in refused.stderr) == (1, True)
