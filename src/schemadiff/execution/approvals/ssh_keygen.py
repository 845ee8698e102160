"""ssh-keygen, which signs with a person's SSH key and tells whose signature one is."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from schemadiff.errors import ConfigError
from schemadiff.printable import one_line

NAMESPACE = "schemadiff-approval"
"""What signatures of ours are for: one made for Git or for a file is none of them."""

_SECONDS = 60

_TOO_OLD = ("unsupported operation", "unknown option", "illegal option", "invalid option")


def sign(message: bytes, key: str, *, at_a_terminal: bool) -> str:
    """The armoured signature of `message` with a key: its path, or the public key, whose other half an agent holds.

    At a terminal, ssh-keygen itself asks for a passphrase or a touch there, and says what is wrong.
    Errors: ConfigError when there is no ssh-keygen, or no signature for another reason.
    """
    program = _program()
    with _files(key=f"{key}\n") as folder:
        literal = key.startswith(("ssh-", "sk-", "ecdsa-"))
        place = str(folder / "key") if literal else str(Path(key).expanduser().absolute())
        done = subprocess.run(
            [program, "-Y", "sign", "-n", NAMESPACE, *(["-U"] if literal else []), "-f", place],
            input=message,
            stdout=subprocess.PIPE,
            stderr=None if at_a_terminal else subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        _refuse_too_old(program, done.stderr)
        why = one_line((done.stderr or b"").decode(errors="replace")) or "it says why above"
        raise ConfigError(
            f"ssh-keygen made no signature with {key if literal else place}: {why}; name the key with --key, and add "
            "it to the agent with ssh-add if it has a passphrase and nobody can be asked"
        )
    return done.stdout.decode("ascii", errors="replace")


def principals(message: bytes, signature: str, allowed_signers: bytes) -> tuple[str, ...]:
    """The principals of `allowed_signers` (the text of such a file) who may have made this signature of `message`.

    None for a signature of something else, for another namespace, and for a key that is not there, or not at this time.
    Errors: ConfigError when there is no ssh-keygen that can tell.
    """
    program = _program()
    with _files(signature=signature, signers=allowed_signers) as folder:
        given = ["-f", str(folder / "signers"), "-s", str(folder / "signature")]
        found = _run(program, ["-Y", "find-principals", *given], b"")
        names = [name for line in found.splitlines() for name in line.split(b",") if name]
        return tuple(
            os.fsdecode(name)
            for name in dict.fromkeys(names)
            if _run(program, ["-Y", "verify", "-n", NAMESPACE, "-I", os.fsdecode(name), *given], message)
        )


def _run(program: str, arguments: Sequence[str], message: bytes) -> bytes:
    """What ssh-keygen prints; nothing where it says no."""
    try:
        done = subprocess.run(
            [program, *arguments],
            input=message,
            capture_output=True,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{program} does not answer within {_SECONDS} seconds: run it by hand to see why") from None
    _refuse_too_old(program, done.stderr)
    return done.stdout if done.returncode == 0 else b""


def _refuse_too_old(program: str, said: bytes | None) -> None:
    if any(sign in (said or b"").decode(errors="replace").lower() for sign in _TOO_OLD):
        raise ConfigError(f"{program} cannot sign and verify texts: install OpenSSH 8.2 or later")


def _program() -> str:
    """The path of ssh-keygen; a relative folder in PATH would be one of the project's."""
    folders = os.pathsep.join(folder for folder in os.get_exec_path() if os.path.isabs(folder))
    found = shutil.which("ssh-keygen", path=folders)
    if found is None:
        raise ConfigError(
            "approvals are signed and checked by ssh-keygen, which is not installed: install OpenSSH (Debian and "
            "Ubuntu: openssh-client; Alpine: openssh-keygen; macOS and Windows bring it)"
        )
    return found


@contextmanager
def _files(**contents: str | bytes) -> Iterator[Path]:
    """A folder of our own, that nobody else sees, with these files."""
    with tempfile.TemporaryDirectory(prefix="schemadiff-approval-") as name:
        folder = Path(name)
        for file, content in contents.items():
            with open(os.open(folder / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(content.encode() if isinstance(content, str) else content)
        yield folder
