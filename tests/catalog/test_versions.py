"""The major versions of Postgres: who asks about them, and what is to be done for the next one."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import schemadiff
from schemadiff.catalog import versions
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.connection import connect
from schemadiff.errors import UnsupportedServer
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

SOURCE = Path(schemadiff.__file__).parent
PROJECT = Path(__file__).parent.parent.parent
FACTS = {name: value for name, value in vars(versions).items() if name.isupper() and isinstance(value, int)}
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if path != Path(versions.__file__)]

_VERSION = re.compile(r"(?<![\w.])(?:9|1\d)00\d\d(?![\w.])")
_RANGE = re.compile(rf"\b{versions.SUPPORTED[0]} to {versions.SUPPORTED[-1]}\b")
_COPIED = re.compile(r"Source: [^.]*(?:Postgre|pg_)")


def _is_version(number: object) -> bool:
    return isinstance(number, int) and _VERSION.fullmatch(str(number)) is not None


def _named(node: ast.AST) -> bool:
    """Whether an expression is a version, by its name."""
    names = [part.id if isinstance(part, ast.Name) else part.attr for part in ast.walk(node) if _has_name(part)]
    return any(re.fullmatch(r"(.*_)?(version|version_num|major|major_of)", name) for name in names)


def _has_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _bare(tree: ast.AST) -> Iterator[ast.expr]:
    """Versions that are written as numbers."""
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and _is_text(node.value)}
    for node in ast.walk(tree):
        if node in docstrings:
            continue
        match node:
            case ast.Constant(value=int(number)) if _is_version(number):
                yield node
            case ast.Constant(value=str(text)) if any(_is_version(int(found)) for found in _VERSION.findall(text)):
                yield node
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                if any(map(_named, sides)) and any(_is_number(side) for side in sides):
                    yield node
            case ast.BinOp(op=ast.FloorDiv() | ast.Mod(), right=ast.Constant(value=10000)):
                yield node
            case ast.arguments(args=arguments, defaults=defaults):
                last = arguments[len(arguments) - len(defaults) :]
                pairs = zip(last, defaults, strict=True)
                yield from (value for name, value in pairs if name.arg in ("major", "version") and _is_number(value))


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _users() -> dict[str, list[str]]:
    """The names of facts by the module that uses them."""
    found = {}
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.id if isinstance(node, ast.Name) else node.attr for node in ast.walk(tree) if _has_name(node)}
        if used := sorted(names & FACTS.keys()):
            found[path.relative_to(SOURCE).as_posix()] = used
    return found


def test_no_version_is_written_as_a_number_elsewhere() -> None:
    wrong = [
        f"{path.relative_to(SOURCE)}:{node.lineno}: {ast.unparse(node):.60}"
        for path in MODULES
        for node in _bare(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not wrong, "name it in catalog/versions.py: " + "\n".join(wrong)


@pytest.mark.parametrize(
    "code",
    [
        "x >= 150000",
        "sql = 'WHEN current_setting(...)::int >= 150000 THEN'",
        "major_of(data) >= 18",
        "connection.info.server_version == 17",
        "known // 10000",
        "def start(major: int = 17): pass",
    ],
)
def test_bare_versions_are_found(code: str) -> None:
    assert list(_bare(ast.parse(code)))


def test_what_must_be_touched_for_the_next_version() -> None:
    """Shown by `pytest -s`: the list to go through when a new major version of Postgres comes."""
    users = _users()
    used = {name for names in users.values() for name in names}
    assert not FACTS.keys() - used, "facts that nobody uses"
    assert all(versions.major(FACTS[name]) in versions.SUPPORTED for name in used - {"USUAL_MAJOR"}), (
        "facts of no version"
    )
    copied = [path.relative_to(SOURCE).as_posix() for path in MODULES if _COPIED.search(path.read_text("utf-8"))]
    told = [
        path.relative_to(PROJECT).as_posix()
        for path in (*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"))
        if _RANGE.search(path.read_text("utf-8"))
    ]
    new = versions.SUPPORTED[-1] + 1
    print(f"\nWhat must be touched for Postgres {new}")
    print("\n1. catalog/versions.py: SUPPORTED, and a fact for whatever its release notes say of the catalog or of DDL")
    print(f"\n2. Files that ask for facts: does {new} change once more what they ask about?")
    print("\n".join(f"   {path}: {', '.join(names)}" for path, names in users.items()))
    print(f"\n3. Files that repeat what Postgres says: compare with the sources of {new}")
    print("\n".join(f"   {path}" for path in copied))
    print(f"\n4. Texts that tell the range: {', '.join(sorted(told))}")
    print(f"\n5. tests: run the corpus on a server of {new} (SCHEMADIFF_TEST_SERVERS), and this file")
    assert users and copied and told


@pytest.mark.parametrize(("version", "step"), [(130012, "upgrade the server"), (190000, "upgrade schemadiff")])
def test_other_versions_are_refused(version: int, step: str) -> None:
    with pytest.raises(UnsupportedServer, match=f"PostgreSQL {versions.printed(version)}.* 14 to 18: {step}"):
        versions.refuse_unsupported(version, "the server")


def test_a_server_is_refused_wherever_it_is_met(
    server: ScratchServer, fresh_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database(server)
    with psycopg.connect(url, autocommit=True) as connection:
        monkeypatch.setattr(versions, "SUPPORTED", (18, 19))
        with pytest.raises(UnsupportedServer, match="upgrade the server"):
            inspect(connection, Scope.of())
    with pytest.raises(UnsupportedServer, match=r"PostgreSQL 1\d\.\d+, and schemadiff knows PostgreSQL 18 to 19"):
        connect(url)
    with pytest.raises(UnsupportedServer, match="the scratch server"), scratch_server(url=url):
        pass
