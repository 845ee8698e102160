"""The MCP server, asked by a client of its own kind over stdin and stdout."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from .shell import Shell

pytest.importorskip("mcp")

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def _asked(folder: Path, url: str, *calls: tuple[str, dict[str, object]]) -> tuple[list[str], list[Any]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "SCHEMADIFF"))}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "schemadiff", "mcp"], cwd=folder, env=kept | {"DATABASE_URL": url}
    )
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        assert all(tool.annotations is not None and tool.annotations.read_only_hint for tool in tools)
        answers = [(await session.call_tool(name, arguments)).structured_content for name, arguments in calls]
        return [tool.name for tool in tools], answers


def test_an_agent_reads_and_changes_nothing(shell: Shell, project: Path) -> None:
    before = sorted(project.rglob("*"))
    tools, answers = asyncio.run(
        _asked(
            project,
            shell.url,
            ("plan", {"allow": "data-loss"}),
            ("drift", {}),
            ("access", {"role": "--help"}),
            ("show", {"plan": "--json-schema"}),
        )
    )
    assert tools == ["plan", "show", "drift", "lint", "access"]
    planned, drifted, odd, shown = answers
    assert planned["exit_code"] == 0 and planned["plan"]["proof"]["up"] and planned["review"]["headline"]
    assert drifted["command"] == "drift" and drifted["error"] is None
    assert odd["error"]["code"] and shown["error"]["code"] == "plan-file-error"
    assert sorted(project.rglob("*")) == before
