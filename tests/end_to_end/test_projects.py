"""Projects in the shape of real ones, as a hosted platform has them: brought in, changed, and back."""

import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from .conftest import OWNER, Stage
from .platform_extensions import CREATED, EXTENSIONS
from .shell import Shell

PROJECTS = {path.stem: path for path in sorted((Path(__file__).parent / "projects").glob("*.sql"))}
"""Each file is a project, and five changes of it below the line `-- changes`."""

PUBLISHED = "CREATE PUBLICATION warehouse FOR ALL TABLES"
NOTED = """
CREATE EVENT TRIGGER noted ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
    EXECUTE FUNCTION map.noted();
"""
"""What only an administrator may make, and stands on such databases nevertheless."""

APART = os.environ.get("SCHEMADIFF_TEST_PROJECTS") == "apart"
"""Whether each project has a round of its own, which takes minutes."""

ROUNDS = [(major, (name,)) for major in (15, 17) for name in PROJECTS] if APART else []


@pytest.mark.parametrize(
    ("major", "names"),
    ROUNDS or [(17, tuple(PROJECTS)), (15, ("map", "clinic"))],
    ids=lambda value: str(value) if isinstance(value, int) else "-".join(value[:2]),
)
def test_all_the_way(major: int, names: tuple[str, ...], stage_of: Callable[[int], Stage], tmp_path: Path) -> None:
    server = stage_of(major).server
    for extension in EXTENSIONS:
        server.add_extension(extension)
    server.create_database("projects", template=server.platform_template, owner=OWNER)
    shell = Shell(tmp_path, server.url("projects", OWNER))
    parts = [PROJECTS[name].read_text().split("-- changes\n") for name in names]
    with psycopg.connect(server.url("projects"), autocommit=True) as admin:
        admin.execute(CREATED)
        for existing, _ in parts:
            shell.execute(existing)
        admin.execute(PUBLISHED)
        if "map" in names:
            admin.execute(NOTED)
    before = shell.dump()
    shell("init", "--from-live")
    assert "nothing to do" in shell("plan").stderr
    for name, (_, changes) in zip(names, parts, strict=True):
        shell.write(f"desired_schema/{name}_changes.sql", changes)
    plan = shell.plan("--allow", "exposes-data")
    assert "Proven" in (tmp_path / plan / "review.md").read_text()
    shell("apply", plan, "--auto-approve", "--allow", "exposes-data")
    assert "nothing to do" in shell("plan").stderr
    shell("rollback", plan, "--auto-approve")
    assert shell.dump() == before
    server.drop_database("projects")
