"""Secrets of a plan: its scripts hold placeholders, and the environment holds what fills them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemadiff.scratch.server import ScratchServer

from .shell import Finished, Shell

BEFORE = """
CREATE FOREIGN DATA WRAPPER far;
CREATE SERVER films FOREIGN DATA WRAPPER far OPTIONS (host 'films.example', api_key 'OLD-KEY');
CREATE USER MAPPING FOR PUBLIC SERVER films OPTIONS (user 'reader', password 'OLD-PASSWORD');
"""
AFTER = """
CREATE FOREIGN DATA WRAPPER far;
CREATE SERVER songs FOREIGN DATA WRAPPER far OPTIONS (host 'songs.example', api_key '********');
CREATE USER MAPPING FOR PUBLIC SERVER songs OPTIONS (user 'reader', password 'WRITTEN-INTO-THE-FILE');
CREATE SUBSCRIPTION feed CONNECTION 'service=set_by_hand' PUBLICATION p
    WITH (connect = false, slot_name = NONE, enabled = false);
"""
NEW = {
    "SCHEMADIFF_SECRET_SERVER_SONGS_API_KEY": "new'key",
    "SCHEMADIFF_SECRET_MAPPING_PUBLIC_ON_SONGS_PASSWORD": r"new\pass",
    "SCHEMADIFF_SECRET_SUBSCRIPTION_FEED_CONNECTION": "host=192.0.2.1 password=conn-secret dbname=d",
}
OLD = {
    "SCHEMADIFF_SECRET_SERVER_FILMS_API_KEY": "OLD-KEY",
    "SCHEMADIFF_SECRET_MAPPING_PUBLIC_ON_FILMS_PASSWORD": "OLD-PASSWORD",
}
ALLOWED = ("--auto-approve", "--allow", "irreversible,data-loss")
OPTIONS = """
SELECT s.srvname || ' ' || (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(s.srvoptions || u.umoptions) AS o)
FROM pg_foreign_server AS s JOIN pg_user_mappings AS u ON u.srvid = s.oid ORDER BY 1
"""


@pytest.fixture
def project(server17: ScratchServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A project whose database has other secrets than its files will have."""
    for name in (*NEW, *OLD):
        monkeypatch.delenv(name, raising=False)
    name = "holding_secrets"
    server17.create_database(name)
    shell = Shell(tmp_path, server17.url(name))
    shell.execute(BEFORE)
    shell.write("desired_schema/far.sql", AFTER)
    yield shell
    server17.drop_database(name)


def test_secrets_come_from_the_environment_alone(project: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = project.plan("--allow", "irreversible,data-loss")
    scripts = {name: (project.folder / plan / name).read_text() for name in ("up.sql", "down.sql", "review.md")}
    assert all("${" + name + "}" in scripts["up.sql"] for name in NEW)
    assert all("${" + name + "}" in scripts["down.sql"] for name in OLD)
    assert all(name in scripts["review.md"] for name in (*NEW, *OLD))

    refused = refused_for(project, "apply", plan, *ALLOWED)
    assert all(name in refused.output for name in NEW)
    assert project.rows(OPTIONS) == [("films api_key=OLD-KEY, host=films.example, password=OLD-PASSWORD, user=reader",)]
    assert project.rows("SELECT to_regnamespace('schemadiff')") == [(None,)]

    for name, value in NEW.items():
        monkeypatch.setenv(name, value)
    applied = project("apply", plan, *ALLOWED)
    assert project.rows(OPTIONS) == [(r"songs api_key=new'key, host=songs.example, password=new\pass, user=reader",)]
    assert project.rows("SELECT subconninfo FROM pg_subscription WHERE subname = 'feed'") == [(NEW[CONNECTION],)]
    assert "nothing to do" in project("plan").output

    refused = refused_for(project, "rollback", plan, "--auto-approve")
    assert all(name in refused.output for name in OLD)
    for name, value in OLD.items():
        monkeypatch.setenv(name, value)
    back = project("rollback", plan, "--auto-approve")
    assert project.rows(OPTIONS)[0][0] == (
        "films api_key=OLD-KEY, host=films.example, password=OLD-PASSWORD, user=reader"
    )
    ledger = str(project.rows("SELECT * FROM schemadiff.run")) + str(project.rows("SELECT * FROM schemadiff.segment"))
    everything = "".join(map(text_of, (project.folder / plan).iterdir()))
    for secret in (*NEW.values(), *OLD.values(), "WRITTEN-INTO-THE-FILE"):
        assert secret not in applied.output + back.output + ledger + everything


CONNECTION = "SCHEMADIFF_SECRET_SUBSCRIPTION_FEED_CONNECTION"


def text_of(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def refused_for(project: Shell, *arguments: str) -> Finished:
    refused = project(*arguments, code=3)
    assert "environment variables are not set" in refused.output
    return refused


def test_an_error_about_a_secret_does_not_show_it(project: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = project.plan("--allow", "irreversible,data-loss")
    for name, value in (NEW | {CONNECTION: "no-connection-string-at-all"}).items():
        monkeypatch.setenv(name, value)
    failed = project("apply", plan, *ALLOWED, code=1)
    assert "********" in failed.output and "no-connection-string-at-all" not in failed.output
    assert "${" + CONNECTION + "}" in failed.output


def test_a_mask_is_never_set_as_a_secret(project: Shell) -> None:
    plan = project.plan("--allow", "irreversible,data-loss")
    up = project.folder / plan / "up.sql"
    text = up.read_text()
    for name in NEW:
        text = text.replace("${" + name + "}", "********" if name != CONNECTION else "set_by_hand")
    up.write_text(text)
    project("prove", plan)
    assert "would set a mask as a secret" in project("apply", plan, *ALLOWED, code=3).output


def test_only_what_is_secret_is_filled(project: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file cannot have the secret of one object set as the host of another."""
    stolen = "${SCHEMADIFF_SECRET_SERVER_FILMS_API_KEY}"
    project.write(
        "desired_schema/far.sql",
        BEFORE + f"CREATE SERVER evil FOREIGN DATA WRAPPER far OPTIONS (host '{stolen}');\n"
        f"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '{stolen}' $$;",
    )
    monkeypatch.setenv("SCHEMADIFF_SECRET_SERVER_FILMS_API_KEY", "OLD-KEY")
    plan = project.plan()
    project("apply", plan, "--auto-approve")
    assert project.rows("SELECT srvoptions FROM pg_foreign_server WHERE srvname = 'evil'") == [([f"host={stolen}"],)]
    assert project.rows("SELECT f()") == [(stolen,)]
    assert "nothing to do" in project("plan").output
