"""The files of a bug report about two judges who disagree: both schemas, what each said, versions. No data."""

import difflib
import os
import platform
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from schemadiff import __version__
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.shared.foreign_options import MASK, NO_SECRET, OPEN, SECRET
from schemadiff.catalog.versions import major
from schemadiff.connection_string import split_secrets, without_password
from schemadiff.planning.planner import script
from schemadiff.plans.model import Opinion, Script
from schemadiff.scratch.installing.binaries import find_client

_README = """\
Two judges disagree about the schema that a script of schemadiff leads to. Attach this directory to a bug report.

opinions.txt   what each judge says
script.sql     the script, which ran on a scratch copy of the database
reached.sql    the schema that it led to
expected.sql   the schema that it should lead to
dumps.diff     how the last two differ
versions.txt   the programs in use, and which of them wrote the two schemas

It contains no rows. Passwords and options that look like secrets are masked, but definitions of functions, views and
triggers are complete: read them before you send this to someone.
"""

_OPTIONS = re.compile(r"\bOPTIONS\s*\((?:[^()']|'(?:[^']|'')*')*\)", re.IGNORECASE)
_OPTION = re.compile(r"(?P<name>\"(?:[^\"]|\"\")+\"|\w+)(?P<gap>\s+)E?'(?:[^']|'')*'")
_MAPPING = re.compile(r"\bUSER MAPPING\b[^;]*", re.IGNORECASE)
_WORDS = re.compile(r"\bCONNECTION(?P<gap>\s+)E?'(?:[^']|'')*'", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShadowSchema:
    """A schema in a database, which need not be a scratch server's."""

    url: str
    catalog: Catalog
    in_scratch: bool = True


def bundle_of(
    opinions: Iterable[Opinion],
    ran: Script,
    *,
    reached: ShadowSchema,
    expected: ShadowSchema,
    empty: Catalog,
    origin: str,
    folders: Iterable[Path] = (),
) -> dict[str, str]:
    """What `opinions` on `ran` are about, as texts by file name.

    `empty` is the catalog of a new shadow database, `origin` describes the server. The schemas are written by a
    pg_dump of the server's version or newer (searched in `folders` first), or else by our own planner.
    """
    dump = find_client("pg_dump", major(reached.catalog.server_version), tuple(folders))
    texts = [dumped(dump, schema.url) if dump else None for schema in (reached, expected)]
    written_by = "pg_dump" if None not in texts else "schemadiff: no fitting pg_dump was found"
    if None in texts:
        texts = [_text(script(empty, schema.catalog)) for schema in (reached, expected)]
    first, second = (without_secrets(text or "") for text in texts)
    lines = difflib.unified_diff(first.splitlines(True), second.splitlines(True), "reached.sql", "expected.sql")
    return {
        "README.txt": _README,
        "opinions.txt": "\n\n".join(map(_said, opinions)) + "\n",
        "script.sql": without_secrets(_text(ran)),
        "reached.sql": first,
        "expected.sql": second,
        "dumps.diff": "".join(lines),
        "versions.txt": _versions(origin, written_by),
    }


def without_secrets(sql: str) -> str:
    """`sql` without passwords, connection strings and options of foreign objects that look like secrets."""
    sql = _MAPPING.sub(lambda found: _OPTIONS.sub(lambda part: _masked(part[0], mapping=True), found[0]), sql)
    sql = _OPTIONS.sub(lambda part: _masked(part[0], mapping=False), sql)
    sql = _WORDS.sub(rf"CONNECTION\g<gap>'{MASK}'", sql)
    return without_password(sql)


def _masked(options: str, *, mapping: bool) -> str:
    def mask(found: re.Match[str]) -> str:
        name = found["name"].strip('"')
        secret = re.search(SECRET, name, re.IGNORECASE) and not re.search(NO_SECRET, name, re.IGNORECASE)
        if secret or (mapping and not re.search(OPEN, name, re.IGNORECASE)):
            return f"{found['name']}{found['gap']}'{MASK}'"
        return found[0]

    return _OPTION.sub(mask, options)


def dumped(program: Path, url: str, *, without: str | None = None) -> str | None:
    """The schema of a database as a pg_dump prints it, but for the schema `without`; None where that fails."""
    left_out = [f"--exclude-schema={without}"] if without else []
    connection, password = split_secrets(url)
    try:
        printed = subprocess.run(
            [program, "--schema-only", "--no-password", *left_out, f"--dbname={connection}"],
            env={"PATH": os.defpath} | password,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    # newer versions of pg_dump print a random key
    return "".join(line for line in printed.splitlines(True) if not line.startswith(("\\restrict", "\\unrestrict")))


def _text(made: Script) -> str:
    return "".join(f"{step.sql};\n\n" for step in made.steps)


def _said(opinion: Opinion) -> str:
    verdict = "abstains" if opinion.abstains else "no difference" if opinion.agrees else "differs"
    return "\n".join([f"{opinion.judge}: {verdict}", *opinion.words])


def _versions(origin: str, written_by: str) -> str:
    lines = [f"PostgreSQL {origin}", f"schemas written by {written_by}", f"schemadiff {__version__}"]
    for name in ("migra", "schemainspect", "psycopg", "pglast"):
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lines.append(f"{name} (version unknown)")
    lines.append(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    return "\n".join(lines) + "\n"
