"""Whether every secret that a script needs is at hand: none runs with a placeholder or a mask in its place."""

from collections.abc import Container, Mapping

from schemadiff.errors import SecretMissing
from schemadiff.plans.scripts.reading import ScriptFile
from schemadiff.plans.scripts.secrets import masked, needed


def refuse_missing_secrets(script: ScriptFile, done: Container[int], secrets: Mapping[str, str], again: str) -> None:
    """Errors: SecretMissing naming the variables, for what of a script is not `done`; `again` is the command."""
    segments = [segment for segment in script.segments if segment.number not in done]
    missing = [name for name in needed(segments) if not secrets.get(name)]
    if missing:
        names = "\n".join(f"  {name}" for name in missing)
        raise SecretMissing(
            f"{script.file} has placeholders for secrets, and these environment variables are not set:\n{names}\n"
            f"set them to the secrets, then run '{again}'; no file, log or record will hold them"
        )
    for segment in segments:
        for statement in segment.statements:
            if masked(statement):
                raise SecretMissing(
                    f"{script.file} line {statement.line}, statement {statement.label}, would set a mask as a secret: "
                    "make the plan again, so that it names the environment variable with the secret"
                )
