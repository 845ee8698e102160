"""Signatures beside a plan: one file for each key, `approval-<key>.sig`, which the digest does not cover.

A file is the signature as ssh-keygen prints it, and below it what was signed: its digest, and the words behind that
digest, so that it can be told what changed since.
"""

import base64
import binascii
import gzip
import re
import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from schemadiff.errors import PlanFileError
from schemadiff.plans.directory.serialization import text_sha
from schemadiff.plans.directory.states import unpacked
from schemadiff.project_files import read_inside, replace_file

MOST_FILES, MOST_BYTES = 100, 16 * 2**20
"""How many signatures of a plan are looked at, and how large each may be: they may come from a pull request."""

_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"

_FORM = re.compile(
    rf"{_BEGIN}\n(?P<armour>(?:[A-Za-z0-9+/]{{1,76}}={{0,2}}\n)+){_END}\n"
    r"digest: (?P<digest>[0-9a-f]{64})\napproved:\n(?P<words>(?:[A-Za-z0-9+/]{1,76}={0,2}\n)+)",
)

_MAGIC = b"SSHSIG"


@dataclass(frozen=True, slots=True)
class Signature:
    """What one key signed: the digest of a plan, and the document behind that digest where it came along."""

    file: str
    armour: str
    key: str
    """The fingerprint of the key, as ssh-keygen prints it."""
    digest: str
    document: str | None


def message(digest: str) -> bytes:
    """What is signed for a digest: `echo DIGEST | ssh-keygen -Y verify` can check it."""
    return f"{digest}\n".encode()


def read_signatures(directory: Path) -> tuple[Signature, ...]:
    """The signatures beside a plan; files that are none count for nothing.

    Errors: PlanFileError for more files than anybody needs.
    """
    paths = sorted(directory.glob("approval-*.sig"))
    if len(paths) > MOST_FILES:
        raise PlanFileError(f"{directory} holds {len(paths)} signatures: remove those that nobody needs")
    found = (_read(path) for path in paths)
    return tuple(one for one in found if one is not None)


def write_signature(directory: Path, armour: str, digest: str, document: str) -> Signature:
    """Put a signature beside a plan, in place of an earlier one with the same key. Errors: PlanFileError."""
    key = _public_key(armour)
    if key is None:
        raise PlanFileError("ssh-keygen printed no signature of the form that is known: install OpenSSH 8.2 or later")
    path = directory / f"approval-{sha256(key).hexdigest()[:16]}.sig"
    words = base64.encodebytes(gzip.compress(document.encode(errors="surrogatepass"), mtime=0)).decode()
    text = f"{armour.strip()}\ndigest: {digest}\napproved:\n{words}"
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise PlanFileError(f"cannot write {path}: {error.strerror or error}") from error
    return Signature(path.name, armour, _fingerprint(key), digest, document)


def _read(path: Path) -> Signature | None:
    try:
        content = read_inside(path, path.parent, most=MOST_BYTES + 1)
    except OSError:
        return None
    if content is None or len(content) > MOST_BYTES:
        return None
    found = _FORM.fullmatch(content.decode("ascii", errors="replace"))
    armour = f"{_BEGIN}\n{found['armour']}{_END}\n" if found else ""
    key = _public_key(armour)
    if found is None or key is None:
        return None
    return Signature(path.name, armour, _fingerprint(key), found["digest"], _document(found["words"], found["digest"]))


def _document(words: str, digest: str) -> str | None:
    """The document that came along, if it is the one that was signed."""
    try:
        text = unpacked(binascii.a2b_base64(words)).decode(errors="surrogatepass")
    except (binascii.Error, zlib.error, ValueError):
        return None
    return text if text_sha(text) == digest else None


def _public_key(armour: str) -> bytes | None:
    """The public key in a signature; None where it is none. The form is that of OpenSSH's PROTOCOL.sshsig."""
    try:
        blob = binascii.a2b_base64("".join(armour.strip().splitlines()[1:-1]))
        length = struct.unpack_from(">I", blob, len(_MAGIC) + 4)[0]
    except (binascii.Error, struct.error):
        return None
    start = len(_MAGIC) + 8
    key = blob[start : start + length]
    return key if blob.startswith(_MAGIC) and len(key) == length > 0 else None


def _fingerprint(key: bytes) -> str:
    return "SHA256:" + base64.b64encode(sha256(key).digest()).decode().rstrip("=")
