"""Variables of templates: who gives them, and who wins."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from schemadiff.cli.main import cli
from schemadiff.cli.settings.variables import variables_of_templates
from schemadiff.config import read_schemadiff_toml
from schemadiff.desired.templating.variables import told_otherwise
from schemadiff.errors import ConfigError

TOML = """
[vars]
region = "eu"
rows = 1000
strict = true
[environments.staging]
database_url_env = "STAGING"
vars = { rows = 10 }
"""


def test_the_nearest_to_the_run_wins(tmp_path: Path) -> None:
    project = read_schemadiff_toml(TOML, tmp_path)
    assert variables_of_templates(project, None, {}, []) == {"region": "eu", "rows": 1000, "strict": True}
    process = {"SCHEMADIFF_VAR_ROWS": "20", "SCHEMADIFF_VAR_REGION": "us", "PATH": "x"}
    assert variables_of_templates(project, "staging", process, ["rows=30", "more=a=b"]) == {
        "region": "us",
        "rows": "30",
        "strict": True,
        "more": "a=b",
    }


def test_what_another_environment_sets_otherwise_is_noted(tmp_path: Path) -> None:
    (note,) = told_otherwise(read_schemadiff_toml(TOML, tmp_path))
    assert str(note) == "templates read vars.rows as 1000; another environment differs: staging has 10"


@pytest.mark.parametrize("option", ["rows", "Rows=1", "a-b=1"])
def test_what_is_no_variable(tmp_path: Path, option: str) -> None:
    with pytest.raises(ConfigError, match="--var"):
        variables_of_templates(read_schemadiff_toml("", tmp_path), None, {}, [option])


@pytest.mark.parametrize("line", ["a = 1.5", "a = [1]", "A = 1"])
def test_values_that_no_variable_has(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"schemadiff.toml \[vars\]"):
        read_schemadiff_toml(f"[vars]\n{line}\n", tmp_path)


def test_render_prints_what_a_file_stands_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemadiff.toml").write_text('[vars]\nregion = "eu"\n')
    (tmp_path / "desired_schema").mkdir()
    file = tmp_path / "desired_schema" / "a.sql.j2"
    file.write_text("CREATE TABLE {{ ('log_' ~ vars.region) | ident }} ();\n")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["render", str(file)]).stdout == "CREATE TABLE log_eu ();\n"
    told = CliRunner().invoke(cli, ["render", "desired_schema/a.sql.j2", "--var", "region=us west"])
    assert told.stdout == 'CREATE TABLE "log_us west" ();\n'
