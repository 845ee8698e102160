"""Tools for agents, by the Model Context Protocol: each one runs a command and answers with its JSON document."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mcp.server import MCPServer
from mcp.types import ToolAnnotations

from schemadiff import __version__

_INSTRUCTIONS = (
    "The files in desired_schema/ declare a Postgres database. Edit them, then call plan and read `review` in its "
    "answer: headline, risk, changes, answers. A person makes the plan with 'schemadiff plan', reviews and applies it. "
    "Where `error` is set, docs/errors.md says what its code wants."
)

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False)

Document = dict[str, Any]
"""What `--format json` prints."""


def server(config: Path | None) -> MCPServer[Any]:
    """A server whose tools work on the project in the working directory, or on that of `config`."""
    mcp: MCPServer[Any] = MCPServer("schemadiff", instructions=_INSTRUCTIONS, version=__version__)
    given = [] if config is None else [f"--config={config}"]

    @mcp.tool(annotations=_READS)
    def plan(environment: str | None = None, snapshot: str | None = None, allow: str | None = None) -> Document:
        """What it takes to make the live database what the files declare: the review, both scripts' steps, the proof.

        Nothing is kept of the plan. `environment` names a database of the configuration, `snapshot` a file that stands
        for live, `allow` the hazards to plan with, divided by commas.
        """
        options = _options(env=environment, live=snapshot, allow=allow)
        with TemporaryDirectory(prefix="schemadiff-plan-") as folder:
            return _run("plan", f"--out={folder}", *given, *options)

    @mcp.tool(annotations=_READS)
    def show(plan: str) -> Document:
        """A plan of the project, by its name or directory."""
        return _run("show", *given, "--", plan)

    @mcp.tool(annotations=_READS)
    def drift(environment: str | None = None, snapshot: str | None = None) -> Document:
        """Where the live database is not what the files declare."""
        return _run("drift", *given, *_options(env=environment, live=snapshot))

    @mcp.tool(annotations=_READS)
    def lint(of_live: bool = False) -> Document:
        """What the rules find in the files, or on live, each with place, level and fix."""
        return _run("lint", *given, *(["--live"] if of_live else []))

    @mcp.tool(annotations=_READS)
    def access(role: str | None = None, of_live: bool = False) -> Document:
        """What roles can really do with every object, as the files declare it, or on live."""
        return _run("access", *given, *(["--live"] if of_live else []), *_options(role=role))

    return mcp


def _options(**values: str | None) -> list[str]:
    """Options with their values, which can be no further options."""
    return [f"--{name}={value}" for name, value in values.items() if value is not None]


def _run(command: str, *arguments: str) -> Document:
    """The document of a command; what it says to people is left out."""
    call = [sys.executable, "-P", "-m", "schemadiff", command, "--format=json", *arguments]
    ended = subprocess.run(call, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    document: Document = json.loads(ended.stdout)
    return document
