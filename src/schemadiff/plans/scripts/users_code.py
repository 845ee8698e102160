"""Which statements of a script run users' code that looks up names by itself: all but the definition of objects."""

_RUNNING = frozenset(
    (
        "InsertStmt",
        "UpdateStmt",
        "DeleteStmt",
        "MergeStmt",
        "SelectStmt",
        "CopyStmt",
        "CallStmt",
        "DoStmt",
        "ExecuteStmt",
        "PrepareStmt",
    )
)
"""Node classes: changes of rows, which fire triggers, and what calls functions."""


def runs_users_code(node: str) -> bool:
    """Whether a statement of this node class is run where the role looks up names, instead of nowhere."""
    return node in _RUNNING
