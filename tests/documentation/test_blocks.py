"""What the pages show is accepted by what it is shown for, even where it is too much to run."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import pglast
import pytest

from schemadiff.cli.main import COMMANDS, Commands
from schemadiff.config import read_pyproject_toml, read_schemadiff_toml

from .pages import EVERY_BLOCK, Block

OF_OTHERS = {"scratch", "approvals", "db", "api", "project_id"}
"""What only a user's own configuration says, or the Supabase CLI's."""

VARIABLES = re.compile(r"^(?:[A-Z_]+=\S* )*")
"""What a line of a shell may set before the command."""


def of(*languages: str) -> list[Block]:
    found = [block for block in EVERY_BLOCK if block.language in languages]
    assert found
    return found


def typed_commands(block: Block) -> list[list[str]]:
    """The command lines of schemadiff in a block: behind a prompt in what was seen, anywhere in what is to be typed."""
    lines = block.text.replace("\\\n", " ").splitlines()
    if block.language == "console":
        lines = [line[2:] for line in lines if line.startswith("$ ")]
    found = []
    for line in lines:
        inner = re.sub(r"^\w+=\$\((.*)\)$", r"\1", line.strip())
        words = shlex.split(re.split(r" [>|] ", VARIABLES.sub("", inner))[0], comments=True)
        if words[:1] == ["schemadiff"]:
            found.append(words[1:])
    return found


COMMAND_LINES = [(str(block), words) for block in of("sh", "console", "text") for words in typed_commands(block)]


@pytest.mark.parametrize(("place", "words"), COMMAND_LINES, ids=[" ".join([p, *w[:2]]) for p, w in COMMAND_LINES])
def test_commands_are_understood(place: str, words: list[str]) -> None:
    """By name, options and arguments; what files and databases say comes later."""
    group = Commands(name="schemadiff")
    context = click.Context(group, info_name="schemadiff")
    if words:
        assert words[0] in COMMANDS, place
        command = group.get_command(context, words[0])
        assert command is not None
        parser = command.make_parser(click.Context(command, parent=context))
        _, rest, _ = parser.parse_args(args=words[1:])
        assert not rest, place


@pytest.mark.parametrize("block", of("sql"), ids=str)
def test_sql_is_sql(block: Block) -> None:
    """A part of a statement is one within CREATE TABLE; the condition of a batch stands for one."""
    if block.text.startswith(" "):
        assert pglast.parse_sql(f"CREATE TABLE shown ({block.text})")
    else:
        assert pglast.parse_sql(block.text.replace(":batch", "true"))


@pytest.mark.parametrize("block", of("toml"), ids=str)
def test_configurations_are_read(block: Block, tmp_path: Path) -> None:
    """A project's own ones; of the Supabase CLI's and a user's, only that they are TOML."""
    found = tomllib.loads(block.text)
    if "tool" in found:
        assert read_pyproject_toml(block.text, tmp_path)
    elif not found.keys() & OF_OTHERS:
        assert read_schemadiff_toml(block.text, tmp_path)


@pytest.mark.parametrize("block", of("json"), ids=str)
def test_json_is_json(block: Block) -> None:
    assert json.loads(block.text)


@pytest.mark.parametrize("block", of("python"), ids=str)
def test_programs_compile(block: Block) -> None:
    compile(block.text, str(block), "exec")
