"""The configuration of the user, which no project has a say in: scratch servers, approvals, what follows a run."""

from dataclasses import dataclass, field
from pathlib import Path

from schemadiff.config import ScratchSettings, absolute
from schemadiff.toml_table import Table, parsed


@dataclass(frozen=True, slots=True)
class ApprovalSettings:
    """How many approvals a run needs, whose signatures count, and the user's own key; None where nothing is said.

    `signing_key` is the path of a key, or a public key.
    """

    required: int | None = None
    allowed_signers: Path | None = None
    signing_key: str | None = None


@dataclass(frozen=True, slots=True)
class UserConfiguration:
    """All that a user's configuration says."""

    scratch: ScratchSettings = field(default_factory=ScratchSettings)
    approvals: ApprovalSettings = field(default_factory=ApprovalSettings)
    after_apply: tuple[str, ...] = ()
    """Commands that run when a plan is applied."""


def read_user_configuration(text: str, origin: str) -> UserConfiguration:
    """What the user's configuration says; paths in it are absolute, or begin with ~.

    Raises ConfigError as for a project.
    """
    table = Table(parsed(text, origin), origin)
    scratch, approvals, after = table.table("scratch"), table.table("approvals"), table.strings("after_apply")
    table.finish()
    return UserConfiguration(_scratch(scratch), _approvals(approvals), after)


def _scratch(table: Table) -> ScratchSettings:
    cache_dir = table.optional("cache_dir")
    settings = ScratchSettings(
        url=table.optional("url"),
        binaries=tuple(absolute(folder, f"{table.origin}: binaries") for folder in table.strings("binaries")),
        cache_dir=absolute(cache_dir, f"{table.origin}: cache_dir") if cache_dir else None,
    )
    table.finish()
    return settings


def _approvals(table: Table) -> ApprovalSettings:
    signers = table.optional("allowed_signers")
    settings = ApprovalSettings(
        required=table.take("required", int, 0) or None,
        allowed_signers=absolute(signers, f"{table.origin}: allowed_signers") if signers else None,
        signing_key=table.optional("signing_key"),
    )
    table.finish()
    return settings
