"""Approving a plan with a signature that lies beside it."""

from dataclasses import dataclass
from pathlib import Path

from schemadiff.execution.approvals.signatures import message, write_signature
from schemadiff.execution.approvals.ssh_keygen import sign
from schemadiff.execution.gates.admission import read_whole_plan
from schemadiff.execution.run import Confirm, unasked
from schemadiff.plans.directory.approval import approved_words
from schemadiff.review.unchanged import refuse_other_review


@dataclass(frozen=True, slots=True)
class Approval:
    """A signature that was made: of which digest, with which key (its fingerprint), in which file."""

    plan: str
    digest: str
    key: str
    file: Path


def approve(
    directory: Path, key: str, *, digest: str | None = None, confirm: Confirm = unasked, at_a_terminal: bool = False
) -> Approval:
    """Sign the plan in `directory`, as it was read, with an SSH key, and keep the signature beside it.

    `key` is the path of a private key, or of a public one whose private half the SSH agent holds, or that public key
    itself. With `digest`, only a plan of that digest is signed. `confirm` is shown the plan, and raises to keep it from
    being signed. An earlier signature by the same key is replaced.
    With `at_a_terminal`, ssh-keygen speaks for itself there, as where a key has to be touched.
    Errors: PlanFileError; ScriptChanged for a plan that `apply` would not run as it stands, or for another one than
    `digest`; ConfigError without ssh-keygen or without a usable key.
    """
    plan_file = read_whole_plan(directory, digest)
    refuse_other_review(plan_file)
    confirm(plan_file)
    armour = sign(message(plan_file.approval), key, at_a_terminal=at_a_terminal)
    words = approved_words(plan_file.plan, *plan_file.bodies)
    signature = write_signature(plan_file.directory, armour, plan_file.approval, words)
    return Approval(plan_file.name, signature.digest, signature.key, directory / signature.file)
