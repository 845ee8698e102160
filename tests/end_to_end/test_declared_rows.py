"""Buckets, cron jobs and queues: files declare them with the platform's own functions, and plans carry them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from .conftest import OWNER, Stage
from .shell import Shell

BEGINNING = "CREATE EXTENSION pg_cron; CREATE EXTENSION pgmq;\n"

DRAFTS = "insert into storage.buckets (id, name) values ('drafts', 'drafts');"
DECLARED = """
CREATE EXTENSION pg_cron;
CREATE EXTENSION pgmq;
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('covers', 'covers', false, 5242880, array['image/png', 'image/jpeg']) on conflict (id) do nothing;
insert into storage.buckets (id, name) values ('drafts', 'drafts');
insert into storage.buckets (id, name) values ('Old ''ones''', 'old');
select cron.schedule('sweep', '0 3 * * *', $$delete from public.draft where at < now() - interval '1 day'$$);
select cron.schedule(job_name => 'count', schedule => '5 * * * *', command => 'select 1');
select pgmq.create('mails');
CREATE TABLE public.draft (id bigint PRIMARY KEY, at timestamptz);
ALTER TABLE public.draft ENABLE ROW LEVEL SECURITY;
"""


@pytest.fixture
def shell(stage_of: Callable[[int], Stage], tmp_path: Path) -> Iterator[Shell]:
    """A project without files, on a database with the two extensions."""
    server = stage_of(17).server
    server.create_database("rows", template=server.platform_template, owner=OWNER)
    with psycopg.connect(server.superuser_url("rows"), autocommit=True) as connection:
        connection.execute(BEGINNING.encode())
    yield Shell(tmp_path, server.url("rows", OWNER))
    server.drop_database("rows")


def test_rows_are_planned_drifted_and_rolled_back(shell: Shell) -> None:
    shell.write("desired_schema/all.sql", DECLARED)
    first = shell.plan()
    up = (shell.folder / first / "up.sql").read_text()
    assert "SELECT pgmq.create('mails')" in up and "SELECT cron.schedule('sweep', '0 3 * * *'" in up
    assert '5242880, \'{"image/jpeg","image/png"}\'' in up
    with psycopg.connect(shell.url, autocommit=True) as api:
        api.execute("LISTEN pgrst")
        shell("apply", first, "--auto-approve")
        assert [note.payload for note in api.notifies(timeout=5, stop_after=1)] == ["reload schema"]
    assert "nothing to do" in shell("plan").stderr

    shell.execute("UPDATE storage.buckets SET public = true WHERE id = 'drafts'")
    shell.execute("SELECT cron.schedule('by hand', '* * * * *', 'select 2')")
    shell.execute("SELECT cron.alter_job((SELECT jobid FROM cron.job WHERE jobname = 'count'), active := false)")
    drifted = shell("drift").output
    assert "bucket drafts" in drifted and 'cron job "by hand"' in drifted and "cron job count" in drifted

    shell("pull")
    jobs = shell.folder / "desired_schema/_platform/cron_jobs.sql"
    assert jobs.read_text() == "SELECT cron.schedule('by hand', '* * * * *', 'select 2');\n"
    kept = (shell.folder / "desired_schema/all.sql").read_text()  # what live has is written where the file has it
    assert "('drafts', 'drafts', true)" in kept
    assert "SELECT cron.alter_job(cron.schedule('count', '5 * * * *', 'select 1'), active := false)" in kept
    assert "nothing to do" in shell("plan").stderr

    jobs.unlink()
    shell.write("desired_schema/all.sql", DECLARED.replace(DRAFTS, "").replace("5242880", "1024"))
    refused = shell("plan", code=3).output
    assert "data-loss: drop bucket drafts" in refused
    second = shell.plan("--allow", "data-loss,irreversible")
    shell("apply", second, "--auto-approve", "--allow", "data-loss,irreversible")
    assert "nothing to do" in shell("plan").stderr
    shell("rollback", second, "--auto-approve")
    with psycopg.connect(shell.url) as connection:
        scheduled = connection.execute("SELECT jobname, active FROM cron.job ORDER BY 1").fetchall()
        buckets = connection.execute("SELECT id, public, file_size_limit FROM storage.buckets ORDER BY 1").fetchall()
    assert scheduled == [("by hand", True), ("count", False), ("sweep", True)]
    assert buckets == [("Old 'ones'", False, None), ("covers", False, 5242880), ("drafts", True, None)]


def test_kinds_of_which_files_declare_nothing_are_left_alone(shell: Shell) -> None:
    shell.execute("SELECT cron.schedule('theirs', '* * * * *', 'select 2')")
    shell.write("desired_schema/all.sql", BEGINNING + "SELECT pgmq.create('mails');")
    up = (shell.folder / shell.plan() / "up.sql").read_text()
    assert "pgmq.create" in up and "cron" not in up.partition("-- ---- script ----")[2]


def test_every_field_changes_and_comes_back(shell: Shell) -> None:
    before = """
insert into storage.buckets (id, name, public) values ('covers', 'covers', false);
select cron.schedule('sweep', '0 3 * * *', 'select 1');
select pgmq.create('mails');
"""
    after = """
insert into storage.buckets (id, name, public, avif_autodetection, file_size_limit, allowed_mime_types)
values ('covers', 'jackets', true, true, 1024, array['image/png']);
select cron.alter_job(cron.schedule('sweep', '0 4 * * *', 'select 2'), active := false);
select pgmq.create_unlogged('mails');
"""
    allowed = ("--allow", "data-loss,irreversible,exposes-data,switches-off")
    shell.write("desired_schema/all.sql", BEGINNING + before)
    shell("apply", shell.plan(), "--auto-approve")
    shell.write("desired_schema/all.sql", BEGINNING + after)
    plan = shell.plan("--name", "changed", *allowed)
    shell("apply", plan, "--auto-approve", *allowed)
    assert "nothing to do" in shell("plan").stderr
    shell("rollback", plan, "--auto-approve")
    shell.write("desired_schema/all.sql", BEGINNING + before)
    assert "nothing to do" in shell("plan").stderr
