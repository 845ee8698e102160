"""Declarative schema migrations for Postgres and Supabase, with a rollback that is proven.

    project = schemadiff.Project.default(Path("."))
    planned = schemadiff.plan(url, project, name="add_orders", progress=print)

The names are those of `schemadiff.api`; each is loaded when it is first used, since a program may need only one.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from schemadiff.api import *  # noqa: F403
    from schemadiff.api import __all__ as __all__
else:

    def __getattr__(name: str) -> object:
        api = import_module("schemadiff.api")
        if name != "__all__" and name not in api.__all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(api, name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *import_module("schemadiff.api").__all__})
