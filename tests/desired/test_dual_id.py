"""This repository's own declared schema, loaded and used on the rows of the demo."""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from schemadiff.demo.state import before_sql, demo_files, rows_sql
from schemadiff.desired.data_steps.steps import Check
from schemadiff.desired.files import Desired, read_desired
from schemadiff.scratch.server import ScratchServer

from .database import Scratch

_NUMBERS = count(1)


def declared() -> Desired:
    project = demo_files()
    return read_desired(project / "desired_schema", project / "templates")


CHECKS = {check.name: check for check in declared().checks}


@pytest.fixture(scope="module")
def migrated(server17: ScratchServer) -> Iterator[psycopg.Connection]:
    """The desired schema with the demo's rows, and in it one booking and one contact without a hubspot_id."""
    name = f"dual_id_{next(_NUMBERS)}"
    scratch = Scratch(server17, name)
    scratch.load(declared())
    with psycopg.connect(scratch.url, autocommit=True) as connection:
        connection.execute(rows_sql())
        connection.execute(
            """
            INSERT INTO hubspot_sync.hubspot_contact_credits (student_id, email)
            VALUES ('S-new', 'new@example.com');
            INSERT INTO hubspot_sync.hubspot_bookings (booking_id, student_id, student_email, mock_exam_id)
            VALUES ('BK-new', 'S-new', 'new@example.com', '1'), ('BK-newer', 'S-new', 'new@example.com', '1');
            """
        )
        yield connection
    server17.drop_database(name)


def outcome(connection: psycopg.Connection, check: Check) -> str:
    """The SQLSTATE that a check ends with, or whether each row it returns holds."""
    try:
        cursor = connection.execute(check.sql)
        assert cursor.description is not None
        place = [column.name for column in cursor.description].index("ok")
        return "holds" if all(row[place] is True for row in cursor) else "does not hold"
    except psycopg.Error as error:
        return error.sqlstate or "unknown"


@pytest.mark.parametrize("name", CHECKS)
def test_checks_hold_on_rows(migrated: psycopg.Connection, name: str) -> None:
    assert outcome(migrated, CHECKS[name]) == (CHECKS[name].raises or "holds")


def test_the_schema_loads_and_its_checks_hold_without_rows(scratch: Scratch) -> None:
    assert scratch.load(declared()) == ()
    with psycopg.connect(scratch.url, autocommit=True) as connection:
        for check in CHECKS.values():
            assert outcome(connection, check) == (check.raises or "holds"), check.name


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (
            "DROP FUNCTION hubspot_sync.get_booking; CREATE FUNCTION hubspot_sync.get_booking("
            "p_id uuid DEFAULT NULL, p_hubspot_id text DEFAULT NULL, p_booking_id text DEFAULT NULL) "
            "RETURNS hubspot_sync.hubspot_bookings LANGUAGE sql "
            "AS 'SELECT b FROM hubspot_sync.hubspot_bookings AS b LIMIT 1'",
            "get_booking_by_booking_id",
        ),
        (
            "ALTER TABLE hubspot_sync.hubspot_mock_exams ALTER COLUMN hubspot_id DROP NOT NULL;"
            "UPDATE hubspot_sync.hubspot_mock_exams SET hubspot_id = NULL WHERE NOT is_active",
            "every_row_has_an_id_and_no_exam_lacks_a_hubspot_id",
        ),
        (
            "ALTER TABLE hubspot_sync.hubspot_bookings DROP COLUMN hubspot_last_sync_at",
            "hubspot_last_sync_at_exists",
        ),
        (
            "ALTER TABLE hubspot_sync.hubspot_mock_exams ALTER COLUMN hubspot_id DROP NOT NULL",
            "hubspot_id_is_optional_only_where_rows_start_here",
        ),
    ],
)
def test_checks_can_fail(migrated: psycopg.Connection, damage: str, name: str) -> None:
    with migrated.transaction(force_rollback=True):
        migrated.execute(damage)
        assert outcome(migrated, CHECKS[name]) == "does not hold"


def test_signatures_are_those_that_clients_call(migrated: psycopg.Connection) -> None:
    rows = migrated.execute(
        """
        SELECT proname, pg_get_function_arguments(oid), pg_get_function_result(oid)
        FROM pg_proc WHERE pronamespace = 'hubspot_sync'::regnamespace ORDER BY proname
        """
    ).fetchall()
    assert rows == [
        ("check_idempotency_key", "p_idempotency_key text", "jsonb"),
        (
            "get_booking",
            "p_id uuid DEFAULT NULL::uuid, p_hubspot_id text DEFAULT NULL::text, p_booking_id text DEFAULT NULL::text",
            "hubspot_sync.hubspot_bookings",
        ),
        (
            "get_contact_credits",
            "p_student_id text DEFAULT NULL::text, p_email text DEFAULT NULL::text, "
            "p_id uuid DEFAULT NULL::uuid, p_hubspot_id text DEFAULT NULL::text",
            "hubspot_sync.hubspot_contact_credits",
        ),
    ]


def test_the_first_key_that_is_given_decides(migrated: psycopg.Connection) -> None:
    row = migrated.execute(
        "SELECT (hubspot_sync.get_contact_credits('S-new', 'new@example.com', p_hubspot_id => hubspot_id))"
        ".student_id FROM hubspot_sync.hubspot_contact_credits WHERE student_id = 'S000007'"
    ).fetchone()
    assert row == ("S000007",)


def test_backfills_change_each_row_once(migrated: psycopg.Connection) -> None:
    with migrated.transaction(force_rollback=True):
        changed = []
        for backfill in (*declared().backfills, *declared().backfills):
            cursor = migrated.execute(backfill.whole())
            changed.append((backfill.name, cursor.rowcount))
    assert changed == [
        ("bookings_last_sync", 4000),
        ("contact_credits_last_sync", 1500),
        ("mock_exams_last_sync", 60),
        ("bookings_last_sync", 0),
        ("contact_credits_last_sync", 0),
        ("mock_exams_last_sync", 0),
    ]


def test_the_demo_starts_from_a_schema_that_its_rows_fit(scratch: Scratch) -> None:
    with psycopg.connect(scratch.url, autocommit=True) as connection:
        connection.execute(before_sql())
        connection.execute(rows_sql())
        row = connection.execute(
            "SELECT count(*), count(idempotency_key), count(contact_id) FROM hubspot_sync.hubspot_bookings"
        ).fetchone()
    assert row == (4000, 2800, 3800)
