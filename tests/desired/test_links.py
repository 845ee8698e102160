"""Links in desired files and templates lead to places inside of the project, or are refused with their name."""

import os
from pathlib import Path

import pytest

from schemadiff.desired.files import read_desired
from schemadiff.errors import DesiredError

SECRET = "CREATE TABLE hunter2 ();"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project, beside which a secret lies."""
    for folder in ("project/desired", "project/templates", "project/shared", "outside/folder"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("outside/secret.sql", "outside/folder/secret.sql"):
        (tmp_path / file).write_text(SECRET)
    (tmp_path / "project/shared/t.sql").write_text("CREATE TABLE shared ();")
    (tmp_path / "project/desired/a.sql.j2").write_text("{% include 'name' %}")
    (tmp_path / "project/templates/name").write_text("CREATE TABLE a ();")
    return tmp_path / "project"


def read(root: Path) -> list[str]:
    return [statement.sql for statement in read_desired(root / "desired", root / "templates", root=root).statements]


LINKS = [
    ("desired/x.sql", "../../outside/secret.sql"),
    ("desired/x.sql", "/etc/passwd"),
    ("desired/x.sql.j2", "../../outside/secret.sql"),
    ("desired/x", "../../outside/folder"),
    ("desired/x", "/"),
    ("desired/backfills", "../../outside/folder"),
    ("templates/name", "../../outside/secret.sql"),
    ("templates/name", "/etc/passwd"),
]


@pytest.mark.parametrize(("link", "target"), LINKS)
def test_links_out_of_the_project_are_refused(root: Path, link: str, target: str) -> None:
    (root / link).unlink(missing_ok=True)
    (root / link).symlink_to(target)
    with pytest.raises(DesiredError, match=f"{root / link}: is a link to a place outside of {root}") as refused:
        read(root)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("target", ["/", "../outside"])
@pytest.mark.parametrize("name", ["templates/deeper", "templates"])
def test_an_include_below_a_link_out_of_the_project_is_refused(root: Path, name: str, target: str) -> None:
    if name == "templates":
        (root / "templates/name").unlink()
        (root / "templates").rmdir()
    (root / name).symlink_to(os.path.normpath(root / target))
    inner = "etc/passwd" if target == "/" else "secret.sql"
    prefix = "" if name == "templates" else "deeper/"
    (root / "desired/a.sql.j2").write_text(f"{{% include '{prefix}{inner}' %}}")
    with pytest.raises(DesiredError, match="is a link to a place outside of"):
        read(root)


@pytest.mark.parametrize("name", ["desired", "templates"])
def test_a_link_in_the_place_of_a_folder_is_refused(root: Path, name: str) -> None:
    (root / name).rename(root / "moved")
    (root / name).symlink_to("/" if name == "templates" else "../outside/folder")
    with pytest.raises(DesiredError):
        read(root)


def test_links_inside_of_the_project_are_followed(root: Path) -> None:
    (root / "desired/linked.sql").symlink_to("../shared/t.sql")
    assert read(root) == ["CREATE TABLE a ()", "CREATE TABLE shared ()"]
    (root / "desired/linked.sql").unlink()
    (root / "desired/folder").symlink_to("../shared")
    assert read(root) == ["CREATE TABLE a ()", "CREATE TABLE shared ()"]
    (root / "templates/name").rename(root / "shared/name")
    (root / "templates/name").symlink_to("../shared/name")
    assert read(root) == ["CREATE TABLE a ()", "CREATE TABLE shared ()"]


def test_what_is_no_file_is_said(root: Path) -> None:
    (root / "desired/gone.sql").symlink_to("nowhere.sql")
    with pytest.raises(DesiredError, match=r"gone.sql: cannot be read: No such file"):
        read(root)
    (root / "desired/gone.sql").unlink()
    (root / "desired/loop").symlink_to(".")
    with pytest.raises(DesiredError, match="loop: is a link to a folder that contains it"):
        read(root)
