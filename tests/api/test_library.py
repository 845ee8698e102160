"""The library: the names it has, the program that its page shows, and what a type checker says of that."""

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import psycopg
import pytest

import schemadiff
from schemadiff import api
from schemadiff.scratch.server import ScratchServer

PAGE = (Path(__file__).parents[2] / "docs" / "library.md").read_text()
PACKAGE = Path(schemadiff.__file__).parent

DESIRED = "CREATE SCHEMA app; CREATE TABLE app.t (id bigint);"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program of the page, as a file."""
    (text,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "program.py"
    path.write_text(text)
    return path


def test_the_program_does_what_it_says(
    program: Path, server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "desired_schema").mkdir()
    (tmp_path / "desired_schema" / "app.sql").write_text(DESIRED)
    url = fresh_database(server17)
    ran = run([sys.executable, str(program), url, str(tmp_path)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"^1\.1 CREATE SCHEMA app", ran.stdout, re.MULTILINE)
    assert re.search(r"_add_orders is applied after \d", ran.stdout)
    assert re.search(r"_add_orders is rolled back after \d", ran.stdout)
    assert "is not what the files declare" not in ran.stdout
    assert ran.stdout.endswith("applied: runs: rollback apply\n")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('app.t')").fetchone() == (None,)


def test_the_program_is_typed(program: Path, cache: Path) -> None:
    checked = typed(program, cache)
    assert checked.startswith("Success"), checked


def test_a_name_that_is_none_is_an_error_for_a_type_checker(tmp_path: Path, cache: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import schemadiff\n\nschemadiff.migrate()\nschemadiff.apply(1, schemadiff.__version__)\n")
    checked = typed(wrong, cache)
    assert 'Module has no attribute "migrate"' in checked
    assert 'Argument 1 to "apply" has incompatible type "int"; expected "Path"' in checked
    assert "Found 2 errors" in checked


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where mypy keeps what it knows of schemadiff."""
    return tmp_path_factory.mktemp("mypy")


def typed(program: Path, cache: Path) -> str:
    """What mypy --strict says of a program that is not part of the project."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        f"--cache-dir={program.parent}",
        str(program),
    ]
    return run(command, capture_output=True, text=True, check=False, cwd=program.parent).stdout


def test_every_name_is_there_and_told() -> None:
    for name in schemadiff.__all__:
        value = getattr(schemadiff, name)
        assert value is getattr(api, name)
        if inspect.isfunction(value) or inspect.isclass(value):
            assert value.__doc__, name
            assert inspect.isclass(value) or f"`{name}(" in PAGE
    assert set(schemadiff.__all__) <= set(dir(schemadiff))
    with pytest.raises(AttributeError, match="no attribute 'migrate'"):
        schemadiff.migrate  # type: ignore[attr-defined]  # noqa: B018


def test_type_checkers_and_python_find_the_same_names() -> None:
    """What is imported for type checkers stands where it is loaded from at run time."""
    tree = ast.parse(Path(str(api.__file__)).read_text())
    imported = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("schemadiff.")
        for alias in node.names
    }
    assert sorted(imported) == sorted(api.__all__)
    for name, module in imported.items():
        assert getattr(importlib.import_module(module), name) is getattr(api, name)


def test_no_module_shadows_a_name() -> None:
    """Importing a submodule sets an attribute of its package, which would take the place of a function."""
    for folder in (PACKAGE, PACKAGE / "api"):
        modules = {path.stem for path in folder.iterdir()}
        assert not modules & set(schemadiff.__all__)


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys, schemadiff; print([name for name in sys.modules if name.startswith('schemadiff.')])"
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_every_error_is_named() -> None:
    tree = ast.parse((PACKAGE / "errors.py").read_text())
    assert {node.name for node in tree.body if isinstance(node, ast.ClassDef)} <= set(schemadiff.__all__)


def test_the_table_of_errors() -> None:
    errors = [error for name in schemadiff.__all__ if issubclass_of_ours(error := getattr(schemadiff, name))]
    rows = [f"| `{error.__name__}` | {error.exit_code} | {str(error.__doc__).splitlines()[0]} |" for error in errors]
    (shown,) = re.findall(r"<!-- errors -->\n(.*)\n<!-- end of errors -->", PAGE, re.DOTALL)
    assert shown == "\n".join(["| Error | Exit code | Tells |", "|---|---|---|", *rows])


def issubclass_of_ours(value: object) -> bool:
    """Whether it is an error of the tree."""
    return inspect.isclass(value) and issubclass(value, schemadiff.SchemadiffError)
