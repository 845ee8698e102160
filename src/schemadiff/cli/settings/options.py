"""Options that several commands share, and what they yield: the project, the target, the way to print."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from schemadiff.api import Hazard
from schemadiff.cli.console.output import Output
from schemadiff.cli.settings.project import find_project, scratch_settings
from schemadiff.cli.settings.target import Target, find_target, read_dotenv
from schemadiff.cli.settings.trust import Trust
from schemadiff.cli.settings.variables import variables_of_templates
from schemadiff.config import Project, ScratchSettings
from schemadiff.errors import ConfigError, NoDatabaseNamed
from schemadiff.toml_table import nearest

PROOFS = ("auto", "full", "off")

P = ParamSpec("P")
R = TypeVar("R")
Command = TypeVar("Command", bound=Callable[..., object])


@dataclass
class Session:
    """One run of the command line: what the shared options say, read when it is first needed."""

    config: Path | None = None
    database_url: str | None = None
    snapshot: Path | None = None
    environment: str | None = None
    roles: bool | None = None
    as_role: str | None = None
    debug: bool = False
    scratch_url: str | None = None
    scratch_binaries: tuple[Path, ...] = ()
    cache_dir: Path | None = None
    require_sandbox: bool = False
    given_vars: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    output: Output = field(default_factory=Output)

    @cached_property
    def project(self) -> Project:
        """The project at or above the working directory, as --roles wants it, with scratch servers as the user does."""
        trust = Trust.of(self.variables)
        found = find_project(self.config, Path.cwd(), trust)
        options = ScratchSettings(self.scratch_url, self.scratch_binaries, self.cache_dir)
        scratch = scratch_settings(options, self.variables, trust)
        if scratch.url:
            self.output.conceal(scratch.url)
        scratch = replace(scratch, require_sandbox=self.require_sandbox)
        roles = found.roles if self.roles is None else self.roles
        return replace(
            found,
            scratch=scratch,
            roles=roles,
            apply_as=self.as_role or self._applies_as(found),
            vars=variables_of_templates(found, self.environment, self.variables, self.given_vars),
        )

    def _applies_as(self, project: Project) -> str | None:
        """The role that the environment names; whether it is there at all, `target` says."""
        environment = project.environments.get(self.environment or "")
        return environment.apply_as if environment else None

    @cached_property
    def target(self) -> Target:
        """The live database; its password is taken out of everything that is printed from now on."""
        target = find_target(
            database_url=self.database_url,
            environment=self.environment,
            project=self.project,
            variables=self.variables,
            dotenv={} if self.database_url else self._dotenv(),
        )
        self.output.conceal(target.url)
        return target

    @property
    def live(self) -> str | Path:
        """Live as the library takes it: the connection string of the target, or the path of a snapshot."""
        if self.snapshot is None:
            return self.target.url
        if self.database_url is not None or self.environment is not None:
            raise ConfigError("--live and --database-url or --env both name live: give one of them")
        return self.snapshot

    @property
    def live_or_nothing(self) -> str | Path | None:
        """The same, None where nothing names live."""
        return self.live if self.snapshot or self.target_if_named else None

    @property
    def live_shown(self) -> str:
        """Live without its password, for messages."""
        return self.target.shown if self.snapshot is None else f"{self.snapshot} (a snapshot)"

    @property
    def target_if_named(self) -> Target | None:
        """The live database, None where nothing names one."""
        try:
            return self.target
        except NoDatabaseNamed:
            return None

    def _dotenv(self) -> dict[str, str]:
        found = Trust.of(self.variables).of_a_project(self.project.root / ".env")
        return read_dotenv(found.followed(), str(found.path)) if found else {}


def session_command(
    function: Callable[Concatenate[Session, P], R],
) -> Callable[P, R]:
    """Hand the session to a command as its first argument; adds --debug, --quiet, --no-color and --config."""

    @click.option(
        "--config", type=click.Path(path_type=Path), expose_value=False, callback=_remember("config"),
        help="Configuration file, instead of the nearest schemadiff.toml or pyproject.toml.",
    )  # fmt: skip
    @click.option(
        "--no-color",
        is_flag=True,
        expose_value=False,
        callback=_no_color,
        help="No colours (also: NO_COLOR).",
    )
    @click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_quiet, help="No progress messages.")
    @click.option(
        "--debug", is_flag=True, expose_value=False, callback=_remember("debug"),
        help="Show the traceback of an error.",
    )  # fmt: skip
    @click.pass_context
    def command(ctx: click.Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(ctx.ensure_object(Session), *args, **kwargs)

    return update_wrapper(command, function)


def target_options(function: Command) -> Command:
    """Add --database-url and --env, which `Session.target` follows."""
    url = click.option(
        "--database-url", metavar="URL", expose_value=False, callback=_remember("database_url"),
        help="The live database (also: SCHEMADIFF_DATABASE_URL, DATABASE_URL, PG* variables, .env).",
    )  # fmt: skip
    environment = click.option(
        "--env", "environment", metavar="NAME", expose_value=False, callback=_remember("environment"),
        help="A database that the configuration names under [environments], or 'local', the stack of `supabase start`.",
    )  # fmt: skip
    return url(environment(function))


def format_option(*choices: str) -> Callable[[Command], Command]:
    """Add --format with `choices`, the first of which is the default."""
    return click.option(
        "--format", "format_", type=click.Choice(choices), default=choices[0], show_default=True,
        help="What stdout carries.",
    )  # fmt: skip


def proof_option(function: Command) -> Command:
    """Add --proof auto|full|off, and --no-proof for the last."""
    extent = click.option(
        "--proof", type=click.Choice(PROOFS), default=PROOFS[0], show_default=True,
        help="Rehearse up and down on a scratch copy of what they can touch (of all of a small database), "
        "or on one of all that live holds.",
    )  # fmt: skip
    none = click.option(
        "--no-proof",
        "proof",
        flag_value="off",
        help="The same as --proof off. Live is not asked for rows in the way, either.",
    )
    return extent(none(function))


def roles_option(function: Command) -> Command:
    """Add --roles/--no-roles, which `Session.project` follows; without it, the configuration decides."""
    return click.option(
        "--roles/--no-roles", default=None, expose_value=False, callback=_remember("roles"),
        help="Compare roles (never passwords), memberships, their settings and privileges on parameters, too.",
    )(function)  # fmt: skip


def variables_option(function: Command) -> Command:
    """Add --var, which may be given several times, for `Session.project`."""
    return click.option(
        "--var", metavar="NAME=VALUE", multiple=True, expose_value=False, callback=_remember("given_vars"),
        help="A variable of templates, in place of [vars] in the configuration (also: SCHEMADIFF_VAR_NAME).",
    )(function)  # fmt: skip


def scratch_options(function: Command) -> Command:
    """Add what loading files takes, for `Session.project`: --var, --as-role, and where scratch servers come from."""
    function = variables_option(function)
    for option in (
        click.option(
            "--as-role", metavar="ROLE", expose_value=False, callback=_remember("as_role"),
            help="Who applies plans, if not the role that is connected: rehearsals run as this one.",
        ),
        click.option(
            "--require-sandbox", is_flag=True, expose_value=False, callback=_remember("require_sandbox"),
            help="Load no file into a scratch server that runs in no sandbox; exit with 3 instead.",
        ),
        click.option(
            "--cache-dir", type=click.Path(file_okay=False, path_type=Path, resolve_path=True), metavar="DIR",
            expose_value=False, callback=_remember("cache_dir"),
            help="Where prepared scratch servers are kept (also: SCHEMADIFF_CACHE_DIR).",
        ),
        click.option(
            "--scratch-binaries", type=click.Path(file_okay=False, path_type=Path, resolve_path=True), multiple=True,
            metavar="DIR", expose_value=False, callback=_remember("scratch_binaries"),
            help="Folder with initdb and postgres, tried first (also: SCHEMADIFF_SCRATCH_BINARIES).",
        ),
        click.option(
            "--scratch-url", metavar="URL", expose_value=False, callback=_remember("scratch_url"),
            help="A server to create throwaway databases on (also: SCHEMADIFF_SCRATCH_URL).",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def allow_option(function: Command) -> Command:
    """Add --allow, which may be given several times."""
    return click.option(
        "--allow", metavar="HAZARD,...", multiple=True, callback=_hazards,
        help=f"Hazards to go ahead with: {', '.join(hazard.value for hazard in Hazard)}.",
    )(function)  # fmt: skip


def auto_approve_option(function: Command) -> Command:
    """Add --auto-approve."""
    return click.option("--auto-approve", is_flag=True, help="Do not ask.")(function)


def _hazards(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> frozenset[Hazard]:
    known = tuple(hazard.value for hazard in Hazard)
    words = [word.strip() for text in value for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known:
            raise click.BadParameter(f"unknown hazard {word!r}; {nearest(word, known)}", ctx, param)
    return frozenset(Hazard(word) for word in words)


def _remember(name: str) -> Callable[[click.Context, click.Parameter, object], None]:
    def callback(ctx: click.Context, param: click.Parameter, value: object) -> None:
        if value or value is False:
            setattr(ctx.ensure_object(Session), name, value)

    return callback


def _no_color(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).output.color = False


def _quiet(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).output.quiet = True
