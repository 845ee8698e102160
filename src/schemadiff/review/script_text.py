"""A script as it is printed."""

from schemadiff.plans.scripts.spelling import spelled_text
from schemadiff.printable import COMMANDS_IN_LOGS, MISLEADING, without_commands


def script_text(script: str) -> tuple[str, bool]:
    """The script in a form that steers no terminal and no log, and whether it still means exactly the same."""
    spelled = spelled_text(script)
    exact = MISLEADING.search(spelled) is None and COMMANDS_IN_LOGS.search(spelled) is None
    return spelled if exact else without_commands(MISLEADING.sub(" ", spelled)), exact
