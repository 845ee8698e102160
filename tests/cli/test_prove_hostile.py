"""Whoever edits a plan gets nothing by having it proven: its statements stay on the scratch server, as a plain role."""

import socket
from pathlib import Path

import pytest

from .shell import Shell

ADD = "ALTER TABLE app.customer ADD COLUMN seen_at timestamp with time zone;"
DROP = "ALTER TABLE app.customer DROP COLUMN seen_at;"

AS_SUPERUSER = """
DO $$ BEGIN EXECUTE format('ALTER FUNCTION app.climb() OWNER TO %I',
    (SELECT rolname FROM pg_catalog.pg_roles WHERE rolsuper ORDER BY oid LIMIT 1)); END $$;
"""

HOSTILE = {
    "a definer function that a superuser owns": f"""
        CREATE FUNCTION app.climb() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS
            $$ BEGIN COPY (SELECT 1) TO PROGRAM 'touch @TRACE@'; END $$;
        {AS_SUPERUSER} SELECT app.climb(); DROP FUNCTION app.climb();""",
    "a program": "COPY (SELECT current_user) TO PROGRAM 'cat > @TRACE@';",
    "a program that is read": "CREATE TEMP TABLE said (line text); COPY said FROM PROGRAM 'touch @TRACE@; echo 1';",
    "a file": "RESET SESSION AUTHORIZATION; RESET ROLE; COPY app.customer TO '@TRACE@';",
    "a large object": "SELECT lo_export(lo_from_bytea(0, 'x'), '@TRACE@');",
    "a role of one's own": """
        CREATE ROLE climber SUPERUSER; SET ROLE climber; COPY (SELECT 1) TO PROGRAM 'touch @TRACE@'; RESET ROLE;""",
    "a member of those who may": """
        DO $$ BEGIN EXECUTE format('GRANT pg_execute_server_program TO %I', session_user); END $$;
        COPY (SELECT 1) TO PROGRAM 'touch @TRACE@';""",
    "what a superuser meets later": """
        CREATE FUNCTION app.climb() RETURNS event_trigger LANGUAGE plpgsql AS
            $$ BEGIN COPY (SELECT 1) TO PROGRAM 'touch @TRACE@'; END $$;
        CREATE EVENT TRIGGER climb ON ddl_command_end EXECUTE FUNCTION app.climb();""",
    "a setting that runs something": """
        ALTER SYSTEM SET archive_command = 'touch @TRACE@'; SELECT pg_reload_conf();""",
    "a subscription": """
        CREATE SUBSCRIPTION reaching CONNECTION 'host=127.0.0.1 port=@PORT@' PUBLICATION p WITH (connect = true);""",
    "an untrusted language": """
        CREATE FUNCTION app.climb() RETURNS int LANGUAGE c AS 'libc.so.6', 'getpid'; SELECT app.climb();""",
}


PLACES = [("server17", "up.sql"), ("server15", "down.sql")]


@pytest.mark.parametrize(
    ("server", "name", "statement"),
    [(*PLACES[number % 2], statement) for number, statement in enumerate(HOSTILE.values())],
    ids=HOSTILE.keys(),
    indirect=["server"],
)
def test_nothing_of_an_edited_script_gets_out(everywhere: Shell, open_folder: Path, name: str, statement: str) -> None:
    open_folder.chmod(0o777)
    shell, trace = everywhere, open_folder / "trace"
    plan = shell.plan("--no-proof")
    before = shell.scalar("SELECT string_agg(r::text, ',' ORDER BY r.oid) FROM pg_roles AS r")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        hostile = statement.replace("@TRACE@", str(trace)).replace("@PORT@", str(listening.getsockname()[1]))
        path, own = Path(plan, name), ADD if name == "up.sql" else DROP
        path.write_text(path.read_text().replace(own, f"{own}\n{hostile}"))
        texts = {path.name: path.read_bytes() for path in Path(plan).iterdir()}
        refused = shell("prove", plan, code=3).stderr
        assert "so nothing was stamped" in refused and ("by hand: " in refused or "app.climb()" in refused), refused
        with pytest.raises(TimeoutError):
            listening.accept()
    assert not trace.exists()
    assert {path.name: path.read_bytes() for path in Path(plan).iterdir()} == texts
    assert shell.scalar("SELECT string_agg(r::text, ',' ORDER BY r.oid) FROM pg_roles AS r") == before
    shell("apply", plan, "--auto-approve", "--no-proof", code=3)
    assert not trace.exists()


@pytest.mark.parametrize("line", ["\\! touch @TRACE@", "\\copy app.customer to '@TRACE@'", "\\i @TRACE@", "\\gexec"])
def test_commands_of_psql_are_refused(shell: Shell, open_folder: Path, line: str) -> None:
    plan, trace = shell.plan("--no-proof"), open_folder / "trace"
    path = Path(plan, "up.sql")
    path.write_text(path.read_text().replace(ADD, f"{ADD}\n{line.replace('@TRACE@', str(trace))}\n"))
    assert "a psql command other than" in shell("prove", plan, code=1).stderr
    assert not trace.exists()
