"""Nothing outside of a project is read into a plan, shown as one, or overwritten."""

from pathlib import Path

import pytest

from schemadiff.plans.model import Opinion
from schemadiff.proof.judges.second_opinion import SecondJudge

from .callers import CALLERS, run_as
from .shell import Shell

SECRET = "hunter2"


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder beside the project's."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret").write_text(SECRET)
    return folder


@pytest.mark.parametrize("uid", CALLERS)
def test_a_folder_of_templates_is_no_way_out(open_folder: Path, uid: int) -> None:
    (open_folder / "desired_schema").mkdir()
    (open_folder / "templates").symlink_to("/")
    (open_folder / "desired_schema" / "a.sql.j2").write_text("COMMENT ON SCHEMA a IS $x${% include 'etc/passwd' %}$x$;")
    for command in (("plan",), ("drift",), ("diff", "--no-proof", "desired_schema", "desired_schema")):
        refused = run_as(uid, open_folder, *command, variables={"DATABASE_URL": "postgresql://u@127.0.0.1:1/d"})
        assert refused.returncode == 1
        assert f"templates is a link that leads out of the project {open_folder}" in refused.stderr
        assert "root:" not in refused.stdout + refused.stderr


@pytest.mark.parametrize("name", ["up.sql", "down.sql", "plan.json"])
@pytest.mark.parametrize("command", ["show", "apply", "prove"])
def test_a_plan_whose_files_lie_elsewhere_is_refused(shell: Shell, outside: Path, name: str, command: str) -> None:
    plan = Path(shell.plan())
    (plan / name).unlink()
    (plan / name).symlink_to(outside / "secret")
    refused = shell(command, str(plan), code=1)
    assert f"{name} is a link that leads out of the plan" in refused.stderr
    assert SECRET not in refused.output


def test_a_plan_that_lies_elsewhere_is_refused(shell: Shell, project: Path, outside: Path) -> None:
    plan = Path(shell.plan("--name", "here"))
    plan.rename(outside / plan.name)
    plan.symlink_to(outside / plan.name)
    for text in (str(plan), plan.name, "here"):
        assert "is a link that leads out of the project" in shell("show", text, code=1).stderr
    assert shell("show", str(outside / plan.name)).stdout
    plan.unlink()
    (project / "kept").mkdir()
    (outside / plan.name).rename(project / "kept" / plan.name)
    plan.symlink_to(project / "kept" / plan.name)
    assert shell("show", "here").stdout


def test_a_report_overwrites_nothing_outside(shell: Shell, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opinion = Opinion("migra", False, ("alter table app.customer add column more text;",))
    plan = shell.plan()
    monkeypatch.setattr(SecondJudge, "opinion", lambda self, *urls: opinion)
    monkeypatch.setattr("schemadiff.proof.judges.third_opinion.find_client", lambda *arguments: None)
    for report, command in (
        (Path("schemadiff_diff.report.zip"), ("diff", shell.url, "desired_schema")),
        (Path(f"{plan}.report.zip"), ("prove", plan)),
    ):
        report.symlink_to(outside / "secret")
        assert "the judges disagree" in shell(*command, code=3).stderr
        assert (outside / "secret").read_text() == SECRET
        assert report.is_file() and not report.is_symlink()


@pytest.mark.parametrize("name", ["schemadiff.toml", "desired_schema", "templates", "plans"])
def test_init_creates_nothing_outside(tmp_path: Path, outside: Path, name: str) -> None:
    folder = outside / "empty"
    folder.mkdir()
    (tmp_path / name).symlink_to(outside / "new" if name == "schemadiff.toml" else folder)
    assert run_as(CALLERS[0], tmp_path, "init").returncode == 1
    assert not (outside / "new").exists()
    assert not list(folder.iterdir())
