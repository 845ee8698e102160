"""A proof that does not hold, as whoever asked for it sees it."""

import zipfile
from dataclasses import replace
from pathlib import Path
from shutil import rmtree

import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.planning.planner import Extras, script
from schemadiff.plans.model import Opinion, Script
from schemadiff.proof.judges.second_opinion import SecondJudge

from ..shell import BEFORE, Shell


def contradict(monkeypatch: pytest.MonkeyPatch, opinion: Opinion) -> None:
    """Let the second judge say something else."""
    monkeypatch.setattr(SecondJudge, "opinion", lambda self, *urls: opinion)


def without_third_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be asked where two judges disagree."""
    monkeypatch.setattr("schemadiff.proof.judges.third_opinion.find_client", lambda *arguments: None)


def test_a_difference_that_migra_alone_sees_is_reported(
    shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contradict(monkeypatch, Opinion("migra", False, ("alter table app.customer add column more text;",)))
    made = shell("plan", "--name", "odd")
    plan = Path(made.stdout.strip())
    assert "migra: differs, alone" in (plan / "review.md").read_text()
    assert f"{plan}.report.zip holds both schemas" in " ".join(made.stderr.split())
    with zipfile.ZipFile(f"{plan}.report.zip") as archive:
        assert "add column more text" in archive.read("opinions.txt").decode()
    shell("apply", str(plan), "--auto-approve")


def test_judges_that_disagree_stop_the_plan(shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contradict(monkeypatch, Opinion("migra", False, ("alter table app.customer add column more text;",)))
    without_third_judge(monkeypatch)
    refused = shell("plan", "--name", "odd", code=3).stderr
    assert "  up, inspection: no difference\n" in refused
    assert "  up, migra: alter table app.customer add column more text;\n" in refused
    (report,) = project.glob("plans/*")
    assert report.name.endswith("_odd.report.zip")
    assert f"plans/{report.name} holds both schemas" in refused
    with zipfile.ZipFile(report) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {
        "README.txt", "opinions.txt", "script.sql", "reached.sql", "expected.sql", "dumps.diff", "versions.txt",
    }  # fmt: skip
    assert "CREATE TABLE app.customer" in texts["reached.sql"]
    assert "inspection: no difference\n\nmigra: differs\nalter table" in texts["opinions.txt"]
    assert "schemas written by pg_dump" in texts["versions.txt"]
    assert "c7@example.com" not in "".join(texts.values())


def test_a_report_without_pg_dump(shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contradict(monkeypatch, Opinion("migra", False, ("drop table app.customer;",)))
    without_third_judge(monkeypatch)
    monkeypatch.setattr("schemadiff.proof.bundle.find_client", lambda *arguments: None)
    shell("diff", shell.url, "desired_schema", code=3)
    with zipfile.ZipFile(project / "schemadiff_diff.report.zip") as archive:
        assert "CREATE TABLE app.customer" in archive.read("expected.sql").decode()
        assert "no fitting pg_dump was found" in archive.read("versions.txt").decode()
        assert archive.read("dumps.diff") == b""


def test_a_judge_that_fails_gives_no_opinion(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    contradict(monkeypatch, Opinion("migra", False, ("migra itself fails (KeyError: 'x')",), abstains=True))
    made = shell("plan")
    assert "No second opinion: migra itself fails (KeyError: 'x')." in " ".join(made.stderr.split())
    review = Path(made.stdout.strip(), "review.md").read_text()
    assert "| up | inspection: no difference, migra: no second opinion, rows: no difference |" in review
    shell("apply", made.stdout.strip(), "--auto-approve")


def test_what_is_not_reached_is_told_with_both_values(
    shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planner that loses a statement is found out, and nothing is written."""

    def loses_the_first(live: Catalog, desired: Catalog, extras: Extras | None = None) -> Script:
        segment, *others = script(live, desired, extras).segments
        return Script((replace(segment, steps=segment.steps[1:]), *others))

    for folder in ("backfills", "checks"):
        rmtree(project / "desired_schema" / folder)
    (project / "desired_schema" / "app.sql").write_text(
        BEFORE.split("INSERT")[0].replace("email text NOT NULL", "email varchar")
        + "COMMENT ON TABLE app.customer IS 'who buys';"
    )
    monkeypatch.setattr("schemadiff.planning.both_ways.script", loses_the_first)
    refused = shell("plan", "--no-color", code=3).stderr
    assert "so it was not written:\n  up, inspection: column app.customer.email: " in refused
    assert not list(project.glob("plans/*"))


def test_the_way_between_two_sides_is_proven(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    contradict(monkeypatch, Opinion("migra", False, ("drop table x;",)))
    without_third_judge(monkeypatch)
    refused = shell("diff", shell.url, "desired_schema", code=3)
    assert refused.stdout == ""
    assert "up, migra: drop table x;" in refused.stderr
