"""What the shape of the code promises: where imports point, who names a kind, who prints, how long a part is."""

import ast
from collections import Counter
from collections.abc import Container, Iterator
from fnmatch import fnmatchcase
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TypeGuard

import schemadiff
from schemadiff.catalog.kinds import KINDS

SOURCE = Path(schemadiff.__file__).parent

LAYERS = (
    ("__main__",),
    ("cli",),
    ("api",),
    ("demo",),
    ("proof",),
    ("shadow",),
    ("review", "lint", "pulling", "typescript"),
    ("planning", "execution"),
    ("plans",),
    ("access",),
    ("difference", "desired"),
    ("scratch", "connection"),
    ("catalog",),
    ("user_configuration",),
    ("config",),
    ("printable", "notes", "server_errors", "supabase_project"),
    ("toml_table",),
    ("connection_string", "project_files", "session"),
    ("errors",),
    ("__version__",),
)
"""From left to right; imports point right, and what stands in one line does not know each other."""

NAMING_KINDS = (
    "planning/passes.py",
    "planning/families/*",
    "planning/online/*",
    "planning/grants/*",
    "planning/archive/ahead/choosing.py",
    "planning/archive/backfills.py",
    "planning/archive/columns.py",
    "planning/archive/foreign_keys.py",
    "planning/archive/keys.py",
    "planning/archive/moved_tables.py",
    "planning/archive/saved/purposes.py",
    "planning/archive/sequences.py",
    "planning/archive/tables.py",
    "planning/archive/triggers.py",
    "planning/archive/types.py",
    "planning/preflights/backfill_keys.py",
    "planning/preflights/columns.py",
    "planning/preflights/domains.py",
    "planning/preflights/filled_later.py",
    "planning/preflights/fills.py",
    "planning/preflights/partitions.py",
    "planning/preflights/reading.py",
    "planning/preflights/relatives.py",
    "planning/preflights/tables.py",
    "planning/preflights/types.py",
    "planning/renames/annotated.py",
    "planning/renames/moved_extensions.py",
    "planning/renames/tables_and_columns.py",
)
"""Where planning may ask an object for its kind: passes of one theme, and the lists that they stand in."""

LONGEST_MODULE, LONGEST_FUNCTION, LARGEST_FOLDER = 320, 50, 13

MODULES = sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def rank(part: str) -> int:
    return next(place for place, layer in enumerate(LAYERS) if part in layer)


def imported_names(path: Path) -> Iterator[str]:
    """The full names of what a module imports from schemadiff, also inside functions."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} has a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.startswith("schemadiff."))


def imported_parts(path: Path) -> set[str]:
    """The folders or modules of schemadiff that a module imports from."""
    return {name.split(".")[1] for name in imported_names(path)}


def test_imports_point_right() -> None:
    wrong = [
        f"{name_of(path)} imports {other}"
        for path in MODULES
        for part in [path.relative_to(SOURCE).parts[0].removesuffix(".py")]
        if part != "__init__"
        for other in sorted(imported_parts(path) - {part})
        if rank(other) <= rank(part)
    ]
    assert not wrong, wrong


def test_the_command_line_is_a_thin_user_of_the_library() -> None:
    """It takes what the library names, and from review how a plan looks; nothing below."""
    parts = {
        "api",
        "review",
        "config",
        "errors",
        "connection_string",
        "printable",
        "project_files",
        "server_errors",
        "supabase_project",
        "toml_table",
        "user_configuration",
        "__version__",
    }
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in MODULES
        if name_of(path).startswith("cli/")
        for name in imported_names(path)
        for part, _, rest in [name.removeprefix("schemadiff.").partition(".")]
        if part not in {*parts, "cli"} or (part == "api" and rest not in schemadiff.__all__)
    ]
    assert not wrong, wrong


def test_no_module_imports_itself_through_others() -> None:
    """Not even inside of functions, where Python would let it pass."""
    modules = {dotted(path): path for path in MODULES if path.parent != SOURCE or path.name != "__init__.py"}
    graph = {
        module: {home for name in imported_names(path) if (home := home_of(name, modules)) not in (None, module)}
        for module, path in modules.items()
    }
    TopologicalSorter(graph).prepare()


def dotted(path: Path) -> str:
    return ".".join(["schemadiff", *path.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__")


def home_of(name: str, modules: Container[str]) -> str | None:
    """The module that an imported name is, or stands in."""
    return next((one for one in (name, name.rpartition(".")[0]) if one in modules), None)


def test_folders_show_their_groups() -> None:
    sizes = Counter(path.parent.relative_to(SOURCE).as_posix() for path in MODULES if path.name != "__init__.py")
    crowded = {folder: size for folder, size in sizes.items() if size > LARGEST_FOLDER}
    assert not crowded.keys() - {"catalog/kinds", "cli/commands"}, crowded


def test_the_diff_names_no_kind() -> None:
    diff = SOURCE / "difference" / "diff.py"
    texts = {node.value for node in ast.walk(tree_of(diff)) if isinstance(node, ast.Constant)}
    assert not texts & {kind.KIND for kind in KINDS}
    imported = {node.module for node in ast.walk(tree_of(diff)) if isinstance(node, ast.ImportFrom)}
    assert not [module for module in imported if module and "catalog.kinds." in module]


def names_kinds(path: Path) -> bool:
    return any(fnmatchcase(name_of(path), pattern) for pattern in NAMING_KINDS)


def imported_kinds(path: Path) -> Iterator[str]:
    """The modules of kinds that a module imports from."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("schemadiff.catalog.kinds."):
            yield str(node.module).removeprefix("schemadiff.catalog.kinds.")


def test_generic_planning_asks_no_object_for_its_kind() -> None:
    """Without a kind's class or name at hand, nobody can: what concerns one kind is a pass that names it."""
    kinds = {kind.KIND for kind in KINDS}
    generic = [path for path in MODULES if name_of(path).startswith("planning/") and not names_kinds(path)]
    wrong = [f"{name_of(path)} imports {module}" for path in generic for module in imported_kinds(path)]
    for path in generic:
        for node in ast.walk(tree_of(path)):
            match node:
                case ast.ImportFrom(module="schemadiff.catalog.kinds", names=names):
                    more = {alias.name for alias in names} - {"KINDS", "BY_NAME", "RANK"}
                    wrong += [f"{name_of(path)}:{node.lineno} imports {name}" for name in sorted(more)]
                case ast.Constant(value=str() as text) if text in kinds:
                    wrong.append(f"{name_of(path)}:{node.lineno} names {text!r}")
    assert not wrong, wrong


def test_every_kind_stands_in_the_list_once() -> None:
    declared = [
        f"{path.stem}.{node.name}"
        for path in (SOURCE / "catalog" / "kinds").rglob("*.py")
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) and any(map(is_kind, node.decorator_list))
    ]
    listed = [f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}" for kind in KINDS]
    assert sorted(listed) == sorted(declared)
    assert len({kind.KIND for kind in KINDS}) == len(KINDS)


def is_kind(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "kind"


def lines_of(node: ast.stmt | ast.expr) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_text(node: ast.AST) -> TypeGuard[ast.expr]:
    """Whether a node is a string of its own, such as a query, and not a part of one."""
    return isinstance(node, ast.JoinedStr)


def speaks(node: ast.AST) -> bool:
    """Whether a node prints, exits or reads the environment."""
    match node:
        case ast.Call(func=ast.Name(id="print" | "input" | "exit" | "quit")):
            return True
        case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv"):
            return True
        case ast.Attribute(value=ast.Name(id="sys"), attr="exit" | "argv" | "stdin" | "stdout" | "stderr"):
            return True
        case ast.Import(names=names):
            return any(alias.name.partition(".")[0] == "click" for alias in names)
        case ast.ImportFrom(module="click"):
            return True
    return False


def test_only_the_command_line_speaks() -> None:
    """But what libpq reads behind everybody's back can only be taken away where it does."""
    wrong = [
        f"{name_of(path)}:{getattr(node, 'lineno', 0)}"
        for path in MODULES
        if not name_of(path).startswith(("cli/", "__main__", "scratch/session_variables.py"))
        for node in ast.walk(tree_of(path))
        if speaks(node)
    ]
    assert not wrong, wrong


def test_parts_are_short() -> None:
    wrong = []
    for path in MODULES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        wrong += [f"{name_of(path)} has {lines} lines"] * (lines > LONGEST_MODULE)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = lines_of(node) - sum(lines_of(text) - 1 for text in ast.walk(node) if is_text(text))
                wrong += [f"{name_of(path)}: {node.name} has {length} lines"] * (length > LONGEST_FUNCTION)
    assert not wrong, wrong


def test_everything_public_says_what_it_is_for() -> None:
    wrong = [name_of(path) for path in MODULES if not ast.get_docstring(tree_of(path))]
    wrong += [
        f"{name_of(path)}: {node.name}"
        for path in MODULES
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not wrong, wrong
