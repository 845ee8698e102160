"""Variables of templates: the project's, the named environment's, SCHEMADIFF_VAR_*, --var; the last one wins."""

from collections.abc import Iterable, Iterator, Mapping

from schemadiff.config import VARIABLE, Project, Variable
from schemadiff.errors import ConfigError

_PREFIX = "SCHEMADIFF_VAR_"


def variables_of_templates(
    project: Project, environment: str | None, variables: Mapping[str, str], options: Iterable[str]
) -> dict[str, Variable]:
    """What templates read as `vars`; `variables` are the process's own. Errors: ConfigError."""
    chosen = project.environments.get(environment or "")
    return {
        **project.vars,
        **(chosen.vars if chosen else {}),
        **dict(_of_the_process(variables)),
        **dict(map(_of_an_option, options)),
    }


def _of_the_process(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in variables.items():
        if name.startswith(_PREFIX):
            yield _named(name.removeprefix(_PREFIX).lower(), name), value


def _of_an_option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--var {text} gives no value: write --var NAME=VALUE")
    return _named(name, f"--var {text}"), value


def _named(name: str, origin: str) -> str:
    if VARIABLE.fullmatch(name) is None:
        raise ConfigError(f"{origin}: {name!r} is no name of a variable, such as region or max_rows")
    return name
