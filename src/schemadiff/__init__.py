"""Declarative schema migrations for Postgres and Supabase, with a rollback that is proven.

    project = schemadiff.Project.default(Path("."))
    planned = schemadiff.plan(url, project, name="add_orders", progress=print)

Each function is loaded when it is first used, since a program may need only one of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemadiff.api.comparison import diff_script as diff
    from schemadiff.api.comparison import inspect_live as inspect
    from schemadiff.api.library import make_plan as plan
    from schemadiff.api.library import prove_plan as prove
    from schemadiff.config import Project
    from schemadiff.errors import SchemadiffError
    from schemadiff.execution.apply import apply_plan as apply
    from schemadiff.execution.rollback import rollback_plan as rollback
    from schemadiff.review.reviewed_plan import write_reviewed_plan as write

__version__ = "0.1.0"

__all__ = ["Project", "SchemadiffError", "apply", "diff", "inspect", "plan", "prove", "rollback", "write"]

_PLACES = {
    "Project": ("config", "Project"),
    "SchemadiffError": ("errors", "SchemadiffError"),
    "apply": ("execution.apply", "apply_plan"),
    "diff": ("api.comparison", "diff_script"),
    "inspect": ("api.comparison", "inspect_live"),
    "plan": ("api.library", "make_plan"),
    "prove": ("api.library", "prove_plan"),
    "rollback": ("execution.rollback", "rollback_plan"),
    "write": ("review.reviewed_plan", "write_reviewed_plan"),
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    found = getattr(import_module(f"schemadiff.{module}"), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
