"""Which commands follow `apply`: those of its caller, never those of a project, which are only told."""

from schemadiff.cli.settings.options import Session
from schemadiff.cli.settings.project import users_settings
from schemadiff.cli.settings.trust import Trust

VARIABLE = "SCHEMADIFF_AFTER_APPLY"


def commands_after(session: Session, given: tuple[str, ...]) -> tuple[str, ...]:
    """What options say, or else the environment, or else the user's configuration. Raises ConfigError."""
    if given:
        return given
    if (said := session.variables.get(VARIABLE)) is not None:
        return (said,) if said.strip() else ()
    return users_settings(Trust.of(session.variables)).after_apply


def wished_after(session: Session, commands: tuple[str, ...]) -> tuple[str, ...]:
    """What the project wishes for that is not among the `commands`."""
    return tuple(wish for wish in session.project.after_apply if wish not in commands)
