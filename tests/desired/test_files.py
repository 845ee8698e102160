"""Reading of desired files: splitting, places, refusals, data steps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.desired.files import Desired, read_desired
from schemadiff.errors import DesiredError

Read = Callable[[dict[str, str]], Desired]


def refused(read: Read, files: dict[str, str]) -> str:
    with pytest.raises(DesiredError) as caught:
        read(files)
    return str(caught.value)


def test_files_of_any_depth_come_in_the_order_of_their_paths(read: Read) -> None:
    desired = read({"b.sql": "CREATE TABLE b ()", "a/z/c.sql": "CREATE TABLE c ();", "a/d.sql": "CREATE TABLE d ();"})
    assert [str(statement.position) for statement in desired.statements] == [
        "schema/a/d.sql:1:1",
        "schema/a/z/c.sql:1:1",
        "schema/b.sql:1:1",
    ]


def test_positions_count_characters_and_semicolons_in_strings_and_bodies_do_not_split(read: Read) -> None:
    sql = (
        "CREATE TABLE größe (straße text DEFAULT 'é; ü'); /* ü; */ CREATE VIEW é AS SELECT 'x';\n"
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC "
        "SELECT CASE WHEN true THEN 1 END; SELECT 2; END;\n"
        "  CREATE RULE r AS ON DELETE TO t DO ALSO (SELECT 1; SELECT 2);;\n"
        "CREATE FUNCTION g() RETURNS text LANGUAGE sql AS $é$ SELECT ';' $é$"
    )
    statements = read({"a.sql": sql}).statements
    assert [(s.position.line, s.position.column, s.tag) for s in statements] == [
        (1, 1, "CreateStmt"),
        (1, 59, "ViewStmt"),
        (2, 1, "CreateFunctionStmt"),
        (3, 3, "RuleStmt"),
        (4, 1, "CreateFunctionStmt"),
    ]
    assert str(statements[0].declares) == "table größe"
    assert statements[1].sql == "CREATE VIEW é AS SELECT 'x'"


def test_settings_hold_for_the_rest_of_their_file(read: Read) -> None:
    desired = read(
        {
            "a.sql": "SET search_path = app; CREATE TABLE a (); RESET ALL; CREATE TABLE b ();",
            "b.sql": "SET check_function_bodies = off; CREATE TABLE c ();",
        }
    )
    assert [s.settings for s in desired.statements] == [("SET search_path = app",), (), ()]


def test_the_digest_is_of_what_runs(read: Read) -> None:
    one = read({"a.sql": "-- words\nCREATE TABLE a ();"}).digest
    assert read({"a.sql": "CREATE TABLE a ();\n"}).digest == one
    assert read({"a.sql": "CREATE TABLE b ();"}).digest != one
    assert read({"a.sql": "SET search_path = x; CREATE TABLE a ();"}).digest != one


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("COPY t FROM PROGRAM 'id'", "COPY PROGRAM runs a program on the server"),
        ("COPY t FROM stdin;\n1\tit's\n\\.\n", "COPY"),
        ("COPY t TO '/tmp/x'", "COPY is a data step"),
        ("INSERT INTO t VALUES (1)", "INSERT is a data step"),
        ("WITH x AS (SELECT 1) DELETE FROM t", "DELETE is a data step"),
        ("SELECT pg_catalog.setval('s', 1)", "SELECT is a data step"),
        ("SELECT set_config('search_path', current_user, false)", "SELECT is a data step"),
        ("BEGIN", "transaction control does not belong"),
        ("COMMIT; nonsense", "transaction control does not belong"),
        ("CREATE ROLE joe", "roles belong to the server"),
        ("ALTER SYSTEM SET x = 1", "ALTER SYSTEM acts on the server"),
        ("ALTER DATABASE d OWNER TO r", "ALTER DATABASE acts on the server"),
        ("ALTER DATABASE d RENAME TO e", "ALTER DATABASE acts on the server"),
        ("ALTER TABLESPACE s OWNER TO r", "ALTER TABLESPACE acts on the server"),
        ("ALTER TABLESPACE s SET (seq_page_cost = 1)", "ALTER TABLESPACE acts on the server"),
        ("ALTER ROLE r RENAME TO q", "ALTER ROLE acts on the server"),
        ("ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b", "ALTER TABLE ALL IN TABLESPACE acts on the server"),
        ("CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p", "would connect to another server"),
        ("SET LOCAL search_path = x", "SET LOCAL lasts for a transaction"),
        ("SET SESSION AUTHORIZATION joe", "needs a superuser"),
        ("SET client_encoding = 'LATIN1'", "read as UTF-8"),
        ("\\i other.sql", r"\i is a psql command"),
        ("CREATE TABLE t (a text DEFAULT 'x", "unterminated quoted string"),
    ],
)
def test_what_may_not_stand_in_a_desired_file(read: Read, sql: str, message: str) -> None:
    error = refused(read, {"x/é.sql": f"CREATE TABLE ü ();\n  {sql}"})
    first, line, caret, *rest = error.splitlines()
    assert first.startswith("schema/x/é.sql:2:") and message in first
    assert line.strip() and caret.strip() == "^" and rest


def test_commands_that_pg_dump_writes_are_passed_over_outside_of_strings(read: Read) -> None:
    desired = read(
        {"a.sql": "\\restrict abc\nCREATE FUNCTION f() RETURNS text LANGUAGE sql AS '\n\\x';\n\\unrestrict abc\n"}
    )
    assert len(desired.statements) == 1 and "\n\\x" in desired.statements[0].sql


def test_files_that_cannot_be_read(read: Read, tmp_path: Path) -> None:
    read({"a.sql": ""})
    Path("schema/a.sql").write_bytes(b"CREATE TABLE \xff ();")
    with pytest.raises(DesiredError, match="is not UTF-8"):
        read_desired(Path("schema"))
    Path("outside.sql").write_text("CREATE TABLE t ();")
    Path("schema/a.sql").unlink()
    Path("schema/a.sql").symlink_to(tmp_path / "outside.sql")
    with pytest.raises(DesiredError, match="is a link to a place outside of schema"):
        read_desired(Path("schema"))
    with pytest.raises(DesiredError, match="is not a directory"):
        read_desired(Path("nowhere"))


def test_a_statement_of_another_version_is_left_to_the_server(read: Read) -> None:
    statement = read({"a.sql": "CREATE NOVELTY x; CREATE TABLE t ();"}).statements[0]
    assert (statement.tag, statement.sql) == ("", "CREATE NOVELTY x")


def test_backfills_and_checks(read: Read) -> None:
    desired = read(
        {
            "a/backfills/first.sql": (
                '-- @backfill table=app."My table" key=id batch=50\n'
                "UPDATE app.\"My table\" SET a = ':batch' WHERE :batch AND a IS NULL;\n"
            ),
            "a/checks/rows.sql": (
                '-- @check name="no row is empty"\nSELECT true AS ok;\n-- @check raises=P0001\nSELECT f() AS ok;'
            ),
        }
    )
    (backfill,) = desired.backfills
    assert (backfill.name, backfill.table, backfill.key, backfill.batch_size) == (
        "first",
        'app."My table"',
        "id",
        50,
    )
    assert backfill.sql.endswith("a IS NULL") and desired.statements == ()
    assert [(check.name, check.raises) for check in desired.checks] == [
        ("no row is empty", None),
        ("rows", "P0001"),
    ]


@pytest.mark.parametrize(
    ("sql", "columns", "deletes", "inserts"),
    [
        ("UPDATE s.t SET kind = 'a'::batch, \"N\" = 1 WHERE :batch", ("kind", '"N"'), False, False),
        ("UPDATE s.t SET a = 'DELETE FROM s.t' /* INSERT INTO s.t */ WHERE :batch", ("a",), False, False),
        ("DELETE FROM s.t WHERE :batch", (), True, False),
        ("INSERT INTO s.u SELECT a FROM s.t WHERE :batch ON CONFLICT DO NOTHING", (), False, True),
        ("WITH gone AS (DELETE FROM s.t WHERE :batch RETURNING a) INSERT INTO s.u SELECT a FROM gone", (), True, True),
        ("WITH m AS (MERGE INTO s.u USING s.t ON u.a = t.a WHEN MATCHED THEN DELETE RETURNING t.a)"
         " UPDATE s.t SET a = m.a FROM m WHERE :batch", ("a",), True, False),
        ("DELETE FROM s.t WHERE :batch RETURNING OLD NOVELTY a", (), True, False),
    ],
)  # fmt: skip
def test_what_a_backfill_does(read: Read, sql: str, columns: tuple[str, ...], deletes: bool, inserts: bool) -> None:
    (backfill,) = read({"backfills/a.sql": f"-- @backfill table=s.t key=id\n{sql};"}).backfills
    assert (backfill.columns, backfill.deletes, backfill.inserts) == (columns, deletes, inserts)
    assert "::batch" in backfill.whole() or ":batch" not in backfill.whole()


@pytest.mark.parametrize(
    ("file", "sql", "message"),
    [
        ("backfills/a.sql", "UPDATE t SET a = 1 WHERE :batch", "the header of the backfill is missing"),
        (
            "backfills/a.sql",
            "-- @backfill table=t key=id\nUPDATE t SET a = 1 WHERE :batch",
            "a qualified table",
        ),
        (
            "backfills/a.sql",
            "-- @backfill table=s.t key=id\nUPDATE t SET a = ':batch'",
            "the backfill has no :batch",
        ),
        (
            "backfills/a.sql",
            "-- @backfill table=s.t key=id size=3\nUPDATE t SET a = 1 WHERE :batch",
            "'size'",
        ),
        (
            "backfills/a.sql",
            "-- @backfill table=s.t key=id\nSELECT 1 WHERE :batch",
            "one UPDATE, INSERT or DELETE",
        ),
        ("backfills/a.sql", "SELECT 1; SELECT 2", "a backfill is one statement"),
        ("checks/a.sql", "DELETE FROM t", "a check is a query"),
        ("checks/a.sql", "-- @check raises=boom\nSELECT 1", "not an SQLSTATE"),
        ("checks/a.sql", "SELECT 1; SELECT 2", "two checks named 'a'"),
        ("a.sql", "-- @check name=x\nCREATE TABLE t ()", "belongs to a file in a folder checks"),
    ],
)
def test_data_steps_that_are_wrong(read: Read, file: str, sql: str, message: str) -> None:
    assert message in refused(read, {file: sql})


def test_two_backfills_of_one_name(read: Read) -> None:
    sql = "-- @backfill table=s.t key=id\nUPDATE s.t SET a = 1 WHERE :batch"
    error = refused(read, {"a/backfills/x.sql": sql, "b/backfills/x.sql": sql})
    assert error.startswith("schema/b/backfills/x.sql: backfill 'x' is in schema/a/backfills/x.sql, too")
