"""A proof that does not hold, told to whoever asked for it."""

from textwrap import indent
from typing import TYPE_CHECKING

from schemadiff.errors import ProofRefused

if TYPE_CHECKING:
    from schemadiff.planning.plan import Proof


def refuse_unproven(proof: "Proof | None", outcome: str) -> None:
    """Errors: ProofRefused after `outcome`, with what every judge found, where a proof does not hold."""
    if proof is None or proof.holds:
        return
    lines = [f"{outcome}:", *(indent(objection, "  ") for objection in proof.objections)]
    if any("[42501]" in line for line in lines):
        lines.append("a plan runs as the role of the connection string: connect as the one that owns these objects")
    raise ProofRefused("\n".join(lines))
