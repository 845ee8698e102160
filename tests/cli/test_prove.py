"""Plans that a person edits and proves again, on real databases."""

import json
from pathlib import Path

from schemadiff.plans.directory.reading import read_plan
from schemadiff.plans.wording import summary

from .shell import Shell

ADD = "ALTER TABLE app.customer ADD COLUMN seen_at timestamp with time zone;"


def edit(plan: str, old: str, new: str, name: str = "up.sql") -> None:
    path = Path(plan, name)
    text = path.read_text()
    assert old in text, text
    path.write_text(text.replace(old, new))


def test_an_edited_plan_is_proven_and_applied(everywhere: Shell) -> None:
    shell = everywhere
    plan = shell.plan("--name", "seen")
    before = read_plan(Path(plan))
    edit(
        plan,
        ADD,
        f"CREATE TABLE app.helper AS SELECT id FROM app.customer;\n{ADD}\nCOMMIT;\n\n"
        "BEGIN;\nSET LOCAL search_path = app;\n"
        "UPDATE app.customer SET seen_at = now() WHERE id = 1;\nDROP TABLE helper;",
    )
    assert f"prove the change with 'schemadiff prove {plan}'" in shell("apply", plan, "--auto-approve", code=3).stderr
    proven = shell("prove", plan)
    assert proven.stdout == f"{plan}\n"
    assert f"schemadiff apply {plan} --allow data-loss" in proven.stderr
    after = read_plan(Path(plan))
    assert not after.changed
    assert after.approval != before.approval
    assert f"-- approve: {after.approval}\n" in after.up_text
    known = {step.sql: step for step in before.plan.up.steps}
    for step in after.plan.up.steps:
        assert step.by_hand == (step.sql not in known)
        assert step.by_hand or summary(step) == summary(known[step.sql])
    review = Path(plan, "review.md").read_text()
    assert f"--approve {after.approval} --allow data-loss" in review
    assert "- edited: up.sql 2.1 UPDATE app.customer SET seen" in review
    shell("apply", plan, "--approve", after.approval, "--allow", "data-loss")
    shell("verify", plan)
    shell("rollback", plan, "--auto-approve")
    assert shell("plan", "--exit-code", code=2).exit_code == 2


def test_what_no_longer_converges_is_shown_and_nothing_is_stamped(shell: Shell, project: Path) -> None:
    plan = shell.plan()
    edit(plan, "timestamp with time zone", "timestamp(3) with time zone")
    texts = {path.name: path.read_bytes() for path in Path(plan).iterdir()}
    refused = shell("prove", plan, code=3)
    assert refused.stdout == ""
    assert (
        "so nothing was stamped:\n  up, inspection: column app.customer.seen_at: "
        "type is timestamp(3) with time zone, should be timestamp with time zone\n"
    ) in refused.stderr
    assert {path.name: path.read_bytes() for path in Path(plan).iterdir()} == texts


def test_the_way_back_is_proven_too(shell: Shell) -> None:
    plan = shell.plan()
    edit(plan, "ALTER TABLE app.customer DROP COLUMN seen_at;", "", "down.sql")
    refused = shell("prove", plan, code=3).stderr
    assert "down, inspection: column app.customer.seen_at should not be there" in refused


def test_a_statement_that_fails_is_shown(shell: Shell) -> None:
    plan = shell.plan()
    edit(plan, ADD, f"{ADD}\nALTER TABLE app.customer ADD COLUMN seen_at date;")
    refused = shell("prove", plan, code=3).stderr
    assert 'column "seen_at" of relation "customer" already exists [42701]' in refused
    assert "by hand: ALTER TABLE app.customer ADD COLUMN seen_at date" in refused


def test_a_plan_without_a_proof_gets_one(shell: Shell) -> None:
    plan = shell.plan("--no-proof")
    assert "never proven" in shell("apply", plan, "--auto-approve", code=3).stderr
    made = json.loads(shell("prove", plan, "--format", "json").stdout)
    assert made["plan"]["proof"]["up"][0] == {
        "judge": "inspection", "agrees": True, "details": [], "differences": [], "abstains": False, "sqlstate": None,
        "overruled": False,
    }  # fmt: skip
    assert made["approval"] == read_plan(Path(plan)).approval
    shell("apply", plan, "--auto-approve")


def test_a_plan_is_proven_beside_what_it_was_made_for(shell: Shell, project: Path) -> None:
    plan = shell.plan()
    shell.execute("ALTER TABLE app.customer ALTER fax TYPE varchar(20)")
    moved = shell("prove", plan, code=3).stderr
    assert "column app.customer.fax: type is character varying(20), was text\n" in moved
    shell.execute("ALTER TABLE app.customer ALTER fax TYPE text")
    path = project / "desired_schema" / "app.sql"
    path.write_text(path.read_text().replace("fax text", "fax varchar(9)"))
    files = shell("prove", plan, code=3).stderr
    assert "the desired files are no longer what plan " in files
    assert "column app.customer.fax: type is character varying(9), was text\n" in files
    path.write_text(path.read_text().replace("fax varchar(9)", "fax text"))
    shell("apply", plan, "--auto-approve")
    assert "is proven beside a database that it can be applied to" in shell("prove", plan, code=3).stderr
