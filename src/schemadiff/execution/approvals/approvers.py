"""Whether enough people approved exactly this plan, who they are, and why a signature does not count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import indent

from schemadiff.errors import ApprovalMissing
from schemadiff.execution.approvals.changed_words import changed_words
from schemadiff.execution.approvals.signatures import Signature, message, read_signatures
from schemadiff.execution.approvals.ssh_keygen import principals
from schemadiff.plans.directory.approval import approved_words
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.printable import one_line


@dataclass(frozen=True, slots=True)
class RequiredApprovals:
    """How many people have to approve a plan, and whose signatures count: the text of an allowed signers file."""

    count: int
    allowed_signers: bytes


@dataclass(frozen=True, slots=True)
class Approver:
    """Who signed a plan: by the name that the allowed signers give, and by the fingerprint of the key."""

    principal: str
    key: str


@dataclass(frozen=True, slots=True)
class _Signed:
    """A signature, and who may have made it: all principals whose key it is."""

    signature: Signature
    principals: tuple[str, ...]


def require_approvals(plan_file: PlanFile, required: RequiredApprovals | None) -> tuple[Approver, ...]:
    """Those who approved the plan as it was read; nobody is looked for where none is required.

    Errors: ApprovalMissing, saying who approved, what changed since others did, and which signatures count for nothing.
    """
    if required is None or not required.count:
        return ()
    signatures = read_signatures(plan_file.directory)
    signed = [_checked(one, required.allowed_signers) for one in signatures]
    valid = [one for one in signed if one.signature.digest == plan_file.approval]
    approvers = _different(valid)
    if len(approvers) >= required.count:
        return approvers
    said = [*_approved(approvers), *_others(plan_file, signed)]
    reasons = "\n" + indent("\n".join(said), "  ") if said else ""
    sign = f"whoever agrees signs it with 'schemadiff approve {plan_file.directory}'"
    if not plan_file.directory.is_dir():
        sign = f"signatures lie beside a plan: restore {plan_file.directory} with them from version control"
    raise ApprovalMissing(
        f"plan {plan_file.name} has {len(approvers)} of {required.count} approvals that are required:{reasons}\n{sign}"
    )


def _checked(signature: Signature, allowed_signers: bytes) -> _Signed:
    return _Signed(signature, principals(message(signature.digest), signature.armour, allowed_signers))


def _different(signed: Sequence[_Signed]) -> tuple[Approver, ...]:
    """One approver for all signatures that may be the same person's: of one key, or of keys with a common principal."""
    groups: list[tuple[set[str], Approver]] = []
    for one in sorted(signed, key=lambda one: one.principals):
        if not one.principals:
            continue
        names = {one.signature.key, *(name.casefold() for name in one.principals)}
        approver = Approver(one_line(one.principals[0]), one.signature.key)
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names, approver = names | group[0], group[1]
        groups.append((names, approver))
    return tuple(approver for _, approver in groups)


def _approved(approvers: Sequence[Approver]) -> Iterator[str]:
    yield from (f"approved by {approver.principal}" for approver in approvers)


def _others(plan_file: PlanFile, signed: Sequence[_Signed]) -> Iterator[str]:
    """Why the other signatures do not count; what changed is told once for each digest that was approved."""
    now = approved_words(plan_file.plan, *plan_file.bodies)
    told: set[str] = set()
    for one in signed:
        signature = one.signature
        if not one.principals:
            yield f"{one_line(signature.file)} is not from an allowed signer (key {signature.key}), or not valid"
        elif signature.digest != plan_file.approval:
            yield f"{one_line(one.principals[0])} approved {signature.digest:.12}, before the plan was changed"
            if signature.digest not in told and signature.document is not None:
                told.add(signature.digest)
                yield from (f"  {line}" for line in changed_words(signature.document, now))
