"""People with SSH keys, and files that say whose signatures count."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from schemadiff.api import RequiredApprovals

with_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed")


@dataclass(frozen=True)
class Signers:
    """Keys in a folder, made when they are first needed."""

    folder: Path

    def key(self, name: str) -> str:
        """The path of the private key of `name`."""
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(exist_ok=True)
            made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
            subprocess.run(made, check=True, stdin=subprocess.DEVNULL)
        return str(path)

    def public(self, name: str) -> str:
        """The public key of `name`, as a line of allowed signers ends."""
        self.key(name)
        return " ".join((self.folder / f"{name}.pub").read_text().split()[:2])

    def allowed(self, *lines: str) -> bytes:
        """Allowed signers: a name with an own key, or `principals=key`, with options behind the principals."""
        pairs = (line.rpartition("=") if "=" in line else (line, "", line) for line in lines)
        return "".join(f"{principals} {self.public(key)}\n" for principals, _, key in pairs).encode()

    def required(self, count: int, *lines: str) -> RequiredApprovals:
        """So many approvals by these."""
        return RequiredApprovals(count, self.allowed(*lines))
