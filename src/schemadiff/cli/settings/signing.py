"""Who signs, and whose signatures a run needs: by options, the environment, the user's configuration and Git."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from schemadiff.cli.settings.options import Session
from schemadiff.cli.settings.project import REPOSITORIES, users_settings
from schemadiff.cli.settings.run_options import RunArguments
from schemadiff.cli.settings.trust import Trust
from schemadiff.config import APPROVAL_VARIABLES, absolute
from schemadiff.errors import ConfigError
from schemadiff.user_configuration import ApprovalSettings

if TYPE_CHECKING:
    from schemadiff.api import RequiredApprovals


def required_approvals(session: Session, run: RunArguments, plan: Path) -> "RequiredApprovals | None":
    """The approvals that a run of the plan in the folder `plan` needs; None where it needs none.

    Errors: ConfigError where it is not said whose signatures count, or by a file that others can change.
    """
    trust = Trust.of(session.variables)
    said = _settings(session.variables, trust)
    count = said.required if run["require_approvals"] is None else run["require_approvals"]
    if not count:
        return None
    signers = run["allowed_signers"] or said.allowed_signers
    if signers is None:
        raise ConfigError(
            f"{count} approvals are required, but nothing says whose count: name a file of allowed signers, as "
            f"ssh-keygen reads it, with --allowed-signers or {APPROVAL_VARIABLES['allowed_signers']}"
        )
    from schemadiff.api import RequiredApprovals

    return RequiredApprovals(count, _signers(signers, plan, session, trust))


def signing_key(session: Session, option: str | None) -> str:
    """The key to sign with. Errors: ConfigError where nothing names one."""
    said = option or _settings(session.variables, Trust.of(session.variables)).signing_key or _git_key()
    if said is None:
        raise ConfigError(
            f"nothing says which key signs: name it with --key or {APPROVAL_VARIABLES['signing_key']}, or in your Git "
            "configuration: git config --global user.signingkey ~/.ssh/id_ed25519.pub"
        )
    return said.removeprefix("key::")


def _settings(variables: Mapping[str, str], trust: Trust) -> ApprovalSettings:
    """What the environment says, and the user's configuration where that says nothing."""
    user = users_settings(trust).approvals
    names = APPROVAL_VARIABLES
    count, signers = variables.get(names["required"]), variables.get(names["allowed_signers"])
    if count and not (count.isascii() and count.isdigit()):
        raise ConfigError(f"{names['required']} is {count!r}, but needs a number")
    return ApprovalSettings(
        required=int(count) if count else user.required,
        allowed_signers=absolute(signers, names["allowed_signers"]) if signers else user.allowed_signers,
        signing_key=variables.get(names["signing_key"]) or user.signing_key,
    )


def _signers(path: Path, plan: Path, session: Session, trust: Trust) -> bytes:
    """The text of a file of allowed signers, once it is known that no change of a plan changes it, too."""
    places = (path.absolute(), path.resolve())
    for folder in (plan.resolve(), session.project.plans.resolve()):
        if any(place.is_relative_to(folder) for place in places):
            raise ConfigError(f"{path} is not followed: it lies among the plans that it is to guard: keep it elsewhere")
    repository = next((folder for place in places for folder in _repositories(place, session.project.root)), None)
    found = trust.of_allowed_signers(path, repository)
    if found is None:
        raise ConfigError(f"there is no file of allowed signers {path}: name it with --allowed-signers")
    return found.followed().encode()


def _repositories(place: Path, root: Path) -> Iterator[Path]:
    """The repositories, or the project, that a file lies in; a home is none."""
    home = Path(os.path.expanduser("~")).resolve()
    for folder in place.parents:
        if any((folder / name).exists() for name in REPOSITORIES) or (folder == root.resolve() != home):
            yield folder


def _git_key() -> str | None:
    """The key that signs the user's commits, by his own configuration of Git: no repository's is looked at."""
    if _git("gpg.format") != "ssh":
        return None
    return _git("user.signingkey", "--type=path")


def _git(name: str, *options: str) -> str | None:
    kept = {
        key: value for key, value in os.environ.items() if key not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")
    }
    try:
        done = subprocess.run(
            ["git", "config", "--global", "--includes", *options, "--get", name],
            cwd="/",
            env=kept,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout.strip() or None
