"""A proof that does not hold, told to whoever asked for it."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from schemadiff.errors import ProofRefused
from schemadiff.project_files import replace_file

if TYPE_CHECKING:
    from schemadiff.api import Proof


def refuse_unproven(proof: "Proof | None", outcome: str, report: Path) -> None:
    """Errors: ProofRefused after `outcome`, with what every judge found, where a proof does not hold.

    Where the judges disagree, what is needed to find out why is written to the file `report`, whoever is right.
    """
    if proof is None:
        return
    if proof.report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        replace_file(report, zipped(proof.report))
    if proof.holds:
        return
    lines = [f"{outcome}:", *(indent(objection, "  ") for objection in proof.objections)]
    if proof.report is not None:
        lines.append(
            "the judges disagree, and one of them is wrong: look at the differences, they may be real.\n"
            f"{report} holds both schemas (no rows, no passwords), to read and to report with"
        )
    raise ProofRefused("\n".join(lines))


def zipped(texts: Mapping[str, str]) -> bytes:
    """All texts in one file, equal for equal texts."""
    import io
    import zipfile  # long to load, and seldom needed

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
