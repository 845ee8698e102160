"""The real input from plan to rollback: exactly the migration that was wanted, and exactly the way back."""

import json
import re
from collections import Counter
from pathlib import Path

from .conftest import Project

STATEMENTS = {
    r"ALTER TABLE hubspot_sync\.hubspot_(bookings|contact_credits) ALTER COLUMN hubspot_id DROP NOT NULL": 2,
    r"ALTER TABLE hubspot_sync\.hubspot_\w+ ADD COLUMN hubspot_last_sync_at timestamp with time zone": 3,
    r"CREATE INDEX CONCURRENTLY \w+ ON hubspot_sync\.hubspot_(bookings|contact_credits) .*": 4,
    r"CREATE TABLE hubspot_sync\.supabase_audit_log .*": 1,
    r"CREATE INDEX \w+ ON hubspot_sync\.supabase_audit_log .*": 2,
    r"CREATE FUNCTION hubspot_sync\.(check_idempotency_key|get_booking|get_contact_credits)\(.*": 3,
    r"UPDATE hubspot_sync\.hubspot_\w+ SET hubspot_last_sync_at = .* WHERE :batch .*": 3,
}
"""What the plan may hold, and how often."""


def test_the_plan_is_exactly_the_migration(dual_id: Project) -> None:
    document = json.loads((dual_id.folder / dual_id.planned / "plan.json").read_text())["plan"]
    found: Counter[str] = Counter()
    for segment in document["up"]["segments"]:
        for step in segment["steps"]:
            sql = " ".join(step["sql"].split()).rstrip("; ")
            (form,) = [pattern for pattern in STATEMENTS if re.fullmatch(pattern, sql)] or [sql]
            found[form] += 1
            assert segment["transactional"] != ("CONCURRENTLY" in sql)
    assert found == STATEMENTS
    names = [segment["backfill"]["name"] for segment in document["up"]["segments"] if segment["backfill"]]
    assert names == ["bookings_last_sync", "contact_credits_last_sync", "mock_exams_last_sync"]
    assert (document["unmanaged"], document["proof"]["up"][0]["agrees"]) == ([], True)


def test_there_and_back(dual_id: Project) -> None:
    schema, rows = dual_id.dump(), dual_id.content()
    assert [len(found) for found in rows.values()] == [4000, 1500, 60]

    applied = json.loads(dual_id("apply", dual_id.planned, "--auto-approve", "--format", "json").stdout)
    assert all(check["holds"] for check in applied["checks"])
    assert len(applied["checks"]) == 19
    assert dual_id("plan", "--exit-code").stdout == ""
    assert dual_id("drift", "--exit-code").stdout == ""
    assert "fails" not in dual_id("verify").stdout
    for table, found in dual_id.content().items():
        assert [row[:-1] for row in found] == rows[table]
        assert all(row[-1] for row in found), f"{table} holds rows that no backfill reached"

    dual_id("rollback", dual_id.planned, "--auto-approve")
    assert dual_id.dump() == schema
    assert dual_id.content() == rows
    assert "rollback" in dual_id("status").stdout

    dual_id("apply", dual_id.planned, "--auto-approve")
    assert "fails" not in dual_id("verify", dual_id.planned).stdout


def test_rows_without_a_hubspot_id_refuse_the_rollback(dual_id: Project) -> None:
    dual_id("apply", dual_id.planned, "--auto-approve")
    dual_id.execute(
        "UPDATE hubspot_sync.hubspot_bookings SET hubspot_id = NULL WHERE id IN"
        " (SELECT id FROM hubspot_sync.hubspot_bookings ORDER BY id LIMIT 7)"
    )
    schema, rows = dual_id.dump(), dual_id.content()
    refused = dual_id("rollback", dual_id.planned, "--auto-approve", code=3).stderr
    assert "hubspot_sync.hubspot_bookings" in refused
    assert re.search(r"\b7 rows\b", refused)
    (query,) = re.findall(r"SELECT .*\n *FROM hubspot_sync\.hubspot_bookings\n *WHERE .*", refused)
    assert len(dual_id.rows(query)) == 7
    assert (dual_id.dump(), dual_id.content()) == (schema, rows)


def test_plans_are_refused_where_they_do_not_fit(dual_id: Project) -> None:
    schema = dual_id.dump()
    refused = dual_id("apply", dual_id.planned, "--approve", "0" * 64, code=3).stderr
    assert "was approved" in refused
    assert "not a terminal" in dual_id("apply", dual_id.planned, code=3).stderr
    script = dual_id.up_sql.read_text()
    dual_id.up_sql.write_text(script.replace("DROP NOT NULL", "DROP  NOT NULL", 1))
    assert "up.sql" in dual_id("apply", dual_id.planned, "--auto-approve", code=3).stderr
    dual_id.up_sql.write_text(script)
    assert dual_id.dump() == schema

    dual_id.execute("CREATE INDEX by_hand ON hubspot_sync.hubspot_bookings (created_at)")
    schema = dual_id.dump()
    refused = dual_id("apply", dual_id.planned, "--auto-approve", code=3).stderr
    assert "index hubspot_sync.by_hand is new" in refused
    assert dual_id.dump() == schema


def test_the_review_groups_by_table(dual_id: Project) -> None:
    review = Path(dual_id.folder, dual_id.planned, "review.md").read_text()
    assert dual_id("show", dual_id.planned, "--format", "markdown").stdout == review
    assert "\n@@ table hubspot_sync.hubspot_bookings @@\n~ drop NOT NULL from hubspot_id  [1.5" in review
    assert "The schema comes back exactly." in review
