"""Every command on a real database, as a user would type it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.scratch.server import ScratchServer

from .shell import DESIRED, Shell


def approval_in(plan: str) -> str:
    header = Path(plan, "up.sql").read_text().splitlines()
    return next(line.split()[-1] for line in header if line.startswith("-- approve:"))


def test_from_plan_to_rollback(everywhere: Shell) -> None:
    shell = everywhere
    plan = shell("plan", "--name", "Seen At", "--exit-code", code=2).stdout.strip()
    assert Path(plan).parent == Path("plans")
    assert plan.endswith("_seen_at")
    assert {entry.name for entry in Path(plan).iterdir()} == {
        "up.sql",
        "down.sql",
        "plan.json",
        "review.md",
        "states.json.gz",
    }
    approval = approval_in(plan)
    assert f"schemadiff apply {plan} --approve {approval}" in Path(plan, "review.md").read_text()
    assert json.loads(shell("status", "--format", "json").stdout)["waiting"] == [Path(plan).name]

    applied = json.loads(shell("apply", plan, "--approve", approval, "--format", "json").stdout)
    assert (applied["already"], applied["rows"]) == (False, 50)
    assert applied["checks"] == [{"name": "everybody_was_seen", "problem": "", "holds": True}]
    assert shell.scalar("SELECT count(*) FROM app.customer WHERE seen_at IS NOT NULL") == 50
    assert "nothing to do" in shell("apply", "seen_at", "--auto-approve").stderr

    assert "everybody_was_seen" in shell("verify").stdout
    assert json.loads(shell("status", "--format", "json").stdout)["applied"] == [Path(plan).name]
    assert shell("plan", "--exit-code").stdout == ""
    assert shell("drift", "--exit-code").stdout == ""

    shell("rollback", plan, "--auto-approve")
    assert shell.scalar("SELECT count(*) FROM app.customer") == 50
    assert json.loads(shell("drift", "--format", "json").stdout)["drift"] is True
    status = shell("status").stdout
    assert "rollback" in status
    assert f"not applied: {Path(plan).name}" in status


def test_rollback_is_refused_where_rows_are_in_the_way(everywhere: Shell) -> None:
    shell = everywhere
    plan = shell.plan()
    shell("apply", plan, "--auto-approve")
    shell.execute("UPDATE app.customer SET email = NULL WHERE id <= 3")
    refused = shell("rollback", plan, "--auto-approve", code=3)
    assert "app.customer" in refused.stderr
    assert "email" in refused.stderr
    assert shell.scalar("SELECT count(*) FROM app.customer WHERE seen_at IS NOT NULL") == 50


def test_apply_wants_a_yes(shell: Shell) -> None:
    plan = shell.plan()
    assert "--approve SHA" in shell("apply", plan, code=3).stderr
    assert "was approved" in shell("apply", plan, "--approve", "0" * 64, code=3).stderr
    with Path(plan, "up.sql").open("a") as script:
        script.write("DROP TABLE app.customer;\n")
    assert "up.sql" in shell("apply", plan, "--auto-approve", code=3).stderr
    assert "warning: " in shell("show", plan).stderr
    assert shell.scalar("SELECT count(*) FROM app.customer") == 50


@pytest.mark.parametrize(("answer", "code", "columns"), [("y\n", 0, 4), ("n\n", 3, 3), ("", 130, 3)])
def test_the_question_at_the_terminal(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, columns: int
) -> None:
    plan = shell.plan("--no-proof")
    monkeypatch.setattr("schemadiff.cli.console.approval.at_a_terminal", lambda: True)
    asked = shell("apply", plan, "--no-proof", code=code, answer=answer)
    assert "[y/N]" in asked.stderr
    assert asked.stdout == ""
    found = shell.scalar("SELECT count(*) FROM information_schema.columns WHERE table_name = 'customer'")
    assert found == columns


def test_a_moved_database_is_named(everywhere: Shell) -> None:
    shell = everywhere
    plan = shell.plan()
    shell.execute("ALTER TABLE app.customer ADD COLUMN extra text")
    refused = shell("apply", plan, "--auto-approve", code=3)
    assert "app.customer.extra is new" in refused.stderr
    drift = shell("drift", "--exit-code", code=2)
    assert "app.customer.extra" in drift.stdout


def test_checks_that_fail_are_told(shell: Shell) -> None:
    plan = shell.plan("--no-proof")
    assert "was never proven" in shell("apply", plan, "--auto-approve", code=3).stderr
    shell("apply", plan, "--auto-approve", "--no-proof")
    shell.execute("UPDATE app.customer SET seen_at = NULL WHERE id = 1")
    failed = shell("verify", plan, code=4)
    assert "fails  everybody_was_seen" in failed.stdout
    assert "no longer holds: failed check 'everybody_was_seen'" in failed.stderr


def test_show_in_every_format(shell: Shell) -> None:
    plan = shell.plan()
    assert "customer_email" in shell("show", plan).stdout
    assert json.loads(shell("show", plan, "--format", "json").stdout)["approval"] == approval_in(plan)
    assert shell("show", plan, "--format", "sql").stdout == Path(plan, "up.sql").read_text().rstrip() + "\n"
    assert shell("show", plan, "--format", "rollback-sql").stdout.startswith("-- schemadiff plan")
    assert shell("show", plan, "--format", "markdown").stdout == Path(plan, "review.md").read_text()
    assert shell("show", plan, "--format", "html").stdout.startswith("<!DOCTYPE html>")
    (run,) = json.loads(shell("show", plan, "--format", "sarif").stdout)["runs"]
    (scan,) = [result for result in run["results"] if result["ruleId"] == "long-scan"]
    assert scan["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "desired_schema/app.sql"}, "region": {"startLine": 4, "startColumn": 1},
    }  # fmt: skip
    place = "file=desired_schema/app.sql,line=4,col=1"
    assert f"::notice {place},title=schemadiff%3A long-scan::+ index customer_email (email)" in (
        shell("show", plan, "--format", "github").stdout
    )
    assert "CREATE INDEX CONCURRENTLY customer_email" in shell("show", plan, "--sql").stdout


def test_plan_as_json(shell: Shell) -> None:
    document = json.loads(shell("plan", "--format", "json", "--timings", "--no-proof").stdout)
    assert Path(document["directory"], "plan.json").is_file()
    assert document["plan"]["up"]["segments"]
    review = document["review"]
    assert review["headline"] == "2 columns, 1 index, 1 backfill; no drops"
    lines = {line["object"]: line for group in review["changes"] for line in group["lines"]}
    assert lines["column app.customer.seen_at"]["text"] == "customer.seen_at timestamptz"
    assert lines["column app.customer.seen_at"]["mark"] == "+"
    assert review["answers"]["Lost"] == ["no row and no value"]


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_a_plan_is_told_at_the_lines_of_the_files(shell: Shell, form: str) -> None:
    made = shell("plan", "--no-proof", "--format", form)
    shown = shell("show", next(Path("plans").iterdir()).name, "--format", form)
    assert made.stdout == shown.stdout and "long-scan" in made.stdout


def test_a_rename_is_asked_for(shell: Shell) -> None:
    renamed = DESIRED.replace("fax text", "facsimile text")
    Path("desired_schema/app.sql").write_text(renamed)
    assert "--rename app.customer.fax=app.customer.facsimile" in shell("plan", code=3).stderr
    assert "--allow data-loss" in shell("plan", "--no-rename", "app.customer.fax", code=3).stderr
    shell("plan", "--no-rename", "app.customer.fax", "--allow", "data-loss", "--no-proof")


def test_a_rename_is_answered_at_the_terminal(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("desired_schema/app.sql").write_text(DESIRED.replace("fax text", "facsimile text"))
    monkeypatch.setattr("schemadiff.cli.console.approval.at_a_terminal", lambda: True)
    asked = shell("plan", "--no-proof", "--allow", "data-loss", answer="n\n")
    assert "is column app.customer.facsimile the renamed column app.customer.fax? [y/N]" in asked.stderr
    assert "DROP COLUMN fax" in shell("show", asked.stdout.strip(), "--format", "sql").stdout


def test_errors_of_desired_files(shell: Shell) -> None:
    Path("desired_schema/bad.sql").write_text("CREATE TABLE app.x (\n  id bigint,,\n);\n")
    assert "bad.sql:2:13" in shell("plan", code=1).stderr


def test_a_plan_replaces_one_of_its_name_that_nobody_applied(shell: Shell) -> None:
    """For the same database; what was edited, signed or applied stays."""

    def earlier(time: str) -> Path:
        made = Path(shell.plan("--name", "again", "--no-proof"))
        return made.rename(made.with_name(f"{time}_again"))

    draft = earlier("20200101T000000")
    second = shell("plan", "--name", "again", "--no-proof")
    assert f"replaced: plans/{draft.name}, which was never applied" in second.stderr
    assert not draft.exists()
    kept = [Path(second.stdout.strip()).rename("plans/20200102T000000_again")]
    (kept[0] / "approval-0.sig").write_text("")
    kept.append(earlier("20200103T000000"))
    for command in ("apply", "rollback"):
        shell(command, str(kept[1]), "--auto-approve", "--no-proof")
    kept.append(earlier("20200104T000000"))
    assert all(one.is_dir() for one in kept)


def test_what_is_applied_where(shell: Shell, server17: ScratchServer, fresh_database: Callable[..., str]) -> None:
    """One column an environment; one that cannot be asked is told at the end."""
    shell.variables = {"STAGING": shell.url, "PRODUCTION": fresh_database(server17)}
    text = (f'[environments.{name.lower()}]\ndatabase_url_env = "{name}"\n' for name in shell.variables)
    Path("schemadiff.toml").write_text("".join(text))
    plan = Path(shell.plan("--env", "staging", "--no-proof")).name
    shell("apply", "--env", "staging", plan, "--auto-approve", "--no-proof")
    shown = shell("status", "--all-envs").stdout
    assert re.search(r"_migration +applied \d{4}-\d\d-\d\d \d\d:\d\d by \w+ +waits", shown), shown
    plans = json.loads(shell("status", "--all-envs", "--format", "json").stdout)["environments"]
    assert [one["plans"][plan]["state"] for one in plans.values()] == ["applied", "waiting"]
    del shell.variables["PRODUCTION"]
    assert "production: environment production takes" in shell("status", "--all-envs", code=1).stderr
    assert "leave out" in shell("status", "--all-envs", "--env", "staging", code=1).stderr


def test_plans_are_found_by_name(shell: Shell) -> None:
    plan = shell.plan("--name", "one", "--no-proof")
    assert shell("show", "one").stdout == shell("show", plan).stdout == shell("show", f"{plan}/up.sql").stdout
    assert "there is no plan 'two'" in shell("show", "two", code=1).stderr


@pytest.mark.parametrize("command", ["plan", "drift", "status", "verify"])
def test_a_database_that_cannot_be_reached(
    server17: ScratchServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("desired_schema").mkdir()
    for url in ("postgresql://u:hunter2@127.0.0.1:1/d", f"{server17.url('nowhere')}&password=hunter2"):
        failed = Shell(url)(command, code=1)
        assert "error: cannot connect to" in failed.stderr
        assert "hunter2" not in failed.output
        assert "hunter2" not in Shell(url)(command, "--debug", code=1).output


def test_diff_between_databases_and_files(shell: Shell) -> None:
    sql = shell("diff", "--no-proof", shell.url, "desired_schema").stdout
    assert "ADD COLUMN seen_at" in sql
    shell.execute("CREATE TABLE app.other (id bigint)")
    back = shell("diff", "--no-proof", "--exit-code", "desired_schema/app.sql", shell.url, code=2).stdout
    assert "app.other" in back
    same = shell("diff", "--no-proof", "--exit-code", shell.url, shell.url)
    assert (same.stdout, same.stderr.splitlines()[-1]) == ("", "no difference")
    document = json.loads(shell("diff", "--format", "json", shell.url, "desired_schema").stdout)
    assert document["plan"]["proof"]


def test_roles_need_a_server_of_our_own(shell: Shell) -> None:
    same = shell("diff", "--roles", "--no-proof", shell.url, shell.url)
    assert same.stderr.splitlines()[-1] == "no difference"
    with Path("schemadiff.toml").open("a") as file:
        file.write("roles = true\n")
    for arguments in (("diff", "--no-proof", shell.url, "desired_schema"), ("plan",), ("drift",)):
        assert "share them" in shell(*arguments, "--scratch-url", shell.url, code=1).stderr


@pytest.mark.parametrize("side", ["no/such/folder", "mysql://h/d", "postgresql://u:hun@ter2@h/d"])
def test_diff_refuses_what_is_no_side(side: str, tmp_path: Path) -> None:
    for sides in ((side, str(tmp_path)), (str(tmp_path), side)):
        failed = Shell("")("diff", *sides, code=1)
        assert failed.stderr.startswith(("error: FROM", "error: TO"))
        assert "ter2" not in failed.output


SCANS = "SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_user_tables WHERE schemaname = 'app'"


def test_without_a_proof_no_row_of_live_is_read(shell: Shell) -> None:
    """The plan says so where a question would have been asked; with a proof, it is."""
    path = Path("desired_schema/app.sql")
    path.write_text(path.read_text().replace("fax text", "fax text NOT NULL"))
    before = shell.scalar(SCANS)
    plan = shell.plan("--no-proof", "--name", "unproven")
    said = "Nor was live asked for rows in the way; apply asks."
    assert said in Path(plan, "review.md").read_text()
    shell.plan("--no-live-queries", "--name", "silent")
    assert shell.scalar(SCANS) == before
    proven = shell("plan", "--name", "proven", code=3)
    assert said not in proven.stderr
    assert shell.scalar(SCANS) != before


def test_the_schema_of_a_plan_needs_none(shell: Shell) -> None:
    assert json.loads(shell("show", "--json-schema").stdout)["required"] == ["format", "plan", "scripts", "approval"]


def test_apply_and_rollback_without_a_plan(shell: Shell) -> None:
    """The ledger knows whose turn it is: the newest that waits, the last that was applied."""
    assert "no plan is applied to this database" in shell("rollback", "--auto-approve", code=1).stderr
    plan = shell.plan()
    looked = shell("apply", "--dry-run").stdout
    assert "segment 1 of 3: one transaction" in looked and "app.customer: AccessExclusiveLock" in looked
    assert json.loads(shell("apply", "--dry-run", "--format", "json").stdout)["segments"][0]["number"] == 1
    assert f"plan: {plan}" in shell("apply", "--auto-approve").stderr
    assert "waits to be applied" in shell("apply", "--auto-approve", code=1).stderr
    assert f"plan: {plan}" in shell("rollback", "--auto-approve").stderr
    assert json.loads(shell("status", "--format", "json").stdout)["applied"] == []


def test_a_check_that_fails_afterwards_has_an_exit_code_of_its_own(shell: Shell) -> None:
    """The rollback that is offered works to the letter."""
    check = "-- @check name=good\nSELECT count(*) = 0 AS ok FROM app.customer WHERE email LIKE 'bad%';"
    Path("desired_schema/checks/good.sql").write_text(check)
    plan = shell.plan()
    shell.execute("UPDATE app.customer SET email = 'bad' WHERE id = 7")
    failed = shell("apply", plan, "--auto-approve", code=4)
    assert "is applied, but checks do not hold" in failed.stderr
    offered = failed.stderr.rpartition("roll the plan back: schemadiff ")[2].split()
    shell(*offered, "--auto-approve")
    assert json.loads(shell("status", "--format", "json").stdout)["applied"] == []


def test_json_has_one_envelope_however_a_command_ends(shell: Shell, project: Path) -> None:
    """Alone on stdout, with a code that programs can rely on."""

    def ended(*arguments: str, code: int) -> dict[str, object]:
        document = json.loads(shell(*arguments, "--format", "json", code=code).stdout)
        assert (document["command"], document["exit_code"]) == (arguments[0], code)
        error = document["error"]
        assert error is None or error["page"] == f"docs/errors.md#{error['code']}"
        return {**document, "error": error and error["code"]}

    assert ended("lint", code=0)["error"] is None
    assert ended("drift", "--exit-code", code=2)["drift"] is True
    assert ended("show", "nothing", code=1)["error"] == "plan-file-error"
    assert ended("plan", "--nonsense", code=1)["error"] == "usage"
    (project / "desired_schema" / "app.sql").write_text(DESIRED.replace(" fax text,", ""))
    refused = ended("plan", code=3)
    assert refused["error"] == "hazard-refused" and "plan" not in refused
    (project / "desired_schema" / "app.sql").write_text(DESIRED.replace("fax text", "fax text NOT NULL"))
    in_the_way = ended("plan", code=3)
    assert in_the_way["error"] == "preflight-refused" and in_the_way["directory"]
    shell.execute("DROP SCHEMA app CASCADE")
    assert ended("apply", Path(str(in_the_way["directory"])).name, "--auto-approve", code=3)["error"] == "drift-refused"
    (project / "desired_schema" / "app.sql").write_text("CREATE")
    assert ended("plan", code=1)["error"] == "desired-error"


def test_each_event_is_a_line(shell: Shell) -> None:
    plan = shell("plan", "--no-proof").stdout.strip()
    printed = shell("apply", plan, "--auto-approve", "--no-proof", "--format", "jsonl").stdout
    *events, last = map(json.loads, printed.splitlines())
    assert [event["event"] for event in events if "segment" in event["event"]][:2] == [
        "segment_started",
        "segment_finished",
    ]
    assert {"gates_passed", "run_started", "backfill_progress", "check_finished", "run_finished"} <= {
        event["event"] for event in events
    }
    assert last["command"] == "apply" and last["exit_code"] == 0 and last["error"] is None
    refused = shell("apply", plan, "--approve", "0" * 64, "--format=jsonl", code=3)
    assert json.loads(refused.stdout.splitlines()[-1])["error"]["code"] == "script-changed"


def test_a_plan_is_made_again(shell: Shell) -> None:
    plan = shell("plan", "--name", "seen").stdout.strip()
    before, digest = Path(plan, "plan.json").read_bytes(), approval_in(plan)
    assert shell("rebase", "seen").stdout.strip() == plan
    assert Path(plan, "plan.json").read_bytes() == before

    shell.execute("ALTER TABLE app.customer ADD COLUMN phone text")
    schema = Path("desired_schema/app.sql")
    schema.write_text(schema.read_text().replace("fax text", "fax text, phone text, mobile text"))
    again = shell("rebase", "seen")
    now = again.stdout.strip()
    assert not Path(plan).exists() and approval_in(now) != digest
    assert "replaced: " in again.stderr and "COLUMN mobile text" in again.stderr, again.stderr
    shell("apply", now, "--auto-approve")
    assert "is applied here" in shell("rebase", "seen", code=3).stderr


def test_a_local_database_follows_the_files(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not a terminal" in shell("dev", "--once", code=3).stderr
    monkeypatch.setattr("schemadiff.cli.console.approval.at_a_terminal", lambda: True)
    shell("dev", "--once", answer="n")
    assert shell.scalar("SELECT count(*) FROM pg_attribute WHERE attname = 'seen_at'") == 0
    followed = shell("dev", "--once", answer="y").stderr
    assert "seen_at" in followed and followed.endswith("done\n")
    assert shell.scalar("SELECT count(*) FROM pg_attribute WHERE attname = 'seen_at'") == 1
    assert "nothing to do" in shell("dev", "--once", answer="y").stderr
    assert not Path("plans").exists()


def test_dev_is_for_this_machine(shell: Shell) -> None:
    for host in ("db.example.com", "127.0.0.1,db.example.com"):
        url = f"postgresql://postgres@{host}:5432/app"
        assert "is not on this machine" in shell("dev", "--database-url", url, answer="y", code=1).stderr
