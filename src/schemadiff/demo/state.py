"""What the demo starts from, both in a checkout and in an installed package."""

from importlib import resources
from pathlib import Path

from schemadiff.errors import ConfigError

DESIRED = "desired_schema"
TEMPLATES = "templates"

_PACKAGED = "project"
"""Where the package carries the two folders; in a checkout they stand at the top."""


def before_sql() -> str:
    """The schema before the migration, as SQL for an empty database."""
    return _text("before.sql")


def rows_sql() -> str:
    """A few thousand rows for that schema, the same each time."""
    return _text("rows.sql")


def demo_files() -> Path:
    """The directory that holds the folders desired_schema and templates."""
    here = Path(__file__).resolve().parent
    for directory in (here / _PACKAGED, here.parents[2]):
        if (directory / DESIRED).is_dir() and (directory / TEMPLATES).is_dir():
            return directory
    raise ConfigError("the demo's folders desired_schema and templates are missing; install schemadiff again")


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
