"""The schema of a database as pg_dump tells it, made independent of order: a judge that knows nothing of ours."""

import os
import re
import shutil
import subprocess
from functools import cache

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.connection_string import split_secrets
from schemadiff.errors import ScratchError
from schemadiff.scratch.installing.binaries import find_binaries

_ENTRY = re.compile(r"^--\n-- (?=Name: )", re.M)
_STATE = re.compile(r"^SET (default_tablespace|default_table_access_method) = (.*);\n", re.M)
_NOISE = re.compile(r"^(?:\\(?:un)?restrict .*|SET .*|SELECT pg_catalog\.set_config.*|--)?\n", re.M)
_OPTIONS = re.compile(r"\b(WITH|OPTIONS) \(([^()]*)\)")
_TABLE = re.compile(r"^(CREATE (?:UNLOGGED |FOREIGN )?TABLE .*)\(\n(.*?)^\)", re.M | re.S)


@cache
def pg_dump(major: int) -> str:
    """A pg_dump that reads servers of `major`: SCHEMADIFF_TEST_PG_DUMP, else one of that major or newer."""
    named = os.environ.get("SCHEMADIFF_TEST_PG_DUMP")
    if named:
        return named
    for wanted in range(major, major + 4):
        try:
            found = find_binaries(wanted)
        except ScratchError:
            continue
        program = found.programs / "pg_dump"
        if found.major >= major and program.exists():
            return str(program)
    program_on_path = shutil.which("pg_dump")
    assert program_on_path, f"no pg_dump for PostgreSQL {major}: name one in SCHEMADIFF_TEST_PG_DUMP"
    return program_on_path


def dumped(url: str, major: int) -> list[str]:
    """What pg_dump says of the schema, one entry per object, sorted. Columns have no order."""
    connection, password = split_secrets(url)
    command = [pg_dump(major), "--schema-only", f"--exclude-schema={ARCHIVE_SCHEMA}", "--dbname", connection]
    text = subprocess.run(command, env={"PATH": os.defpath} | password, capture_output=True, text=True, check=False)
    assert text.returncode == 0, text.stderr
    return _entries(text.stdout.partition("-- PostgreSQL database dump complete")[0])


def _entries(text: str) -> list[str]:
    found = []
    state: dict[str, str] = {}
    for entry in _ENTRY.split(text):
        state |= dict(_STATE.findall(entry))
        header, _, body = entry.partition("\n")
        body = _TABLE.sub(_with_sorted_columns, _NOISE.sub("", body))
        body = _OPTIONS.sub(_with_sorted_options, body).strip()
        if "Type: ACL" in header or "Type: DEFAULT ACL" in header:
            body = "\n".join(sorted(body.split("\n")))
        if "Type: TABLE;" in header or "Type: INDEX;" in header or "Type: MATERIALIZED VIEW;" in header:
            body += "".join(f"\n-- {name} = {value}" for name, value in sorted(state.items()) if value != "''")
        if body and header.startswith("Name: "):
            found.append(f"-- {header}\n{body}\n")
    return sorted(found)


def _with_sorted_columns(match: re.Match[str]) -> str:
    lines = sorted(line.rstrip(",") for line in match[2].splitlines())
    return f"{match[1]}(\n" + "\n".join(lines) + "\n)"


def _with_sorted_options(match: re.Match[str]) -> str:
    return f"{match[1]} ({', '.join(sorted(match[2].split(', ')))})"
