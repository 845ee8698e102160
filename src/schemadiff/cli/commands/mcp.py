"""schemadiff mcp: tools that only read, for agents that speak the Model Context Protocol."""

import click

from schemadiff.cli.settings.options import Session, session_command
from schemadiff.errors import ConfigError


@click.command("mcp")
@session_command
def command(session: Session) -> None:
    """Serve plan, show, drift, lint and access to an agent, over stdin and stdout.

    Nothing is changed: `plan` writes no plan into the project, and no tool applies one. It works in the folder that it
    is started in, with the database of its environment.
    """
    try:
        from schemadiff.cli.agents import server
    except ModuleNotFoundError as error:
        if error.name != "mcp":
            raise
        raise ConfigError("an MCP server needs the package mcp: pip install 'schemadiff-pg[mcp]'") from error
    server(session.config).run()
