"""The pages of the site that the code itself writes: commands, hazards, exit codes, plan.json, the ledger's tables."""

import inspect
from collections.abc import Iterable, Iterator

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from sqlalchemy.schema import CreateTable

from schemadiff import errors
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.cli.examples import EXAMPLES
from schemadiff.cli.main import COMMANDS, Commands
from schemadiff.errors import SchemadiffError
from schemadiff.execution.record import tables
from schemadiff.plans.directory.serialization import Json
from schemadiff.review.plan_schema import plan_schema


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """The files of docs/ and, beside them, the pages of the reference."""
    for name, text in reference_pages().items():
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    return files


def reference_pages() -> dict[str, str]:
    """Each page by its name, as Markdown."""
    pages = {
        "commands": commands_page(),
        "hazards": hazards_page(),
        "exit-codes": exit_codes_page(),
        "plan-json": plan_json_page(),
        "ledger": ledger_page(),
    }
    return {name: "\n".join(lines) + "\n" for name, lines in pages.items()}


def commands_page() -> Iterator[str]:
    """Every command with its options, from the same objects that answer `--help`."""
    yield "# Commands"
    group = Commands(name="schemadiff")
    context = click.Context(group, info_name="schemadiff")
    for name, line in COMMANDS.items():
        command = group.get_command(context, name)
        assert command is not None
        within = click.Context(command, info_name=name, parent=context)
        yield from ("", f"## schemadiff {name}", "", line, "")
        yield from ("```text", " ".join(command.get_usage(within).removeprefix("Usage: ").split()), "```", "")
        rows = [shown for parameter in command.get_params(within) if (shown := parameter.get_help_record(within))]
        yield from table(("Option", ""), [(f"`{_cell(option)}`", _cell(text)) for option, text in rows])
        yield from ("", "```text", *(example.strip() for example in EXAMPLES[name]), "```")


def hazards_page() -> Iterator[str]:
    """The vocabulary of risks."""
    yield from ("# Hazards", "")
    yield "What can go wrong when a statement runs on a database in use. Where the last column says so, a plan is"
    yield from ("refused unless `--allow` names the hazard.", "")
    rows = [
        (f"`{it.value}`", str(it.level), _cell(it.consequence), "yes" if it.needs_allowing else "") for it in Hazard
    ]
    yield from table(("Hazard", "Risk", "Consequence", "Needs `--allow`"), rows)


def exit_codes_page() -> Iterator[str]:
    """What a shell sees, and which errors it stands for."""
    yield from ("# Exit codes", "")
    meanings = {
        0: "done, or nothing to do",
        1: "an error: bad input, no connection, a statement that failed",
        2: "changes or drift are pending (only with `--exit-code`)",
        3: "refused: nothing was done, on purpose",
        4: "applied, but a check does not hold",
        130: "interrupted; run the same command again and it finishes what is left",
    }
    by_code: dict[int, list[str]] = {}
    for error in vars(errors).values():
        if inspect.isclass(error) and issubclass(error, SchemadiffError) and error is not SchemadiffError:
            by_code.setdefault(error.exit_code, []).append(f"[{error.code}](../errors.md#{error.code})")
    rows = [(str(code), text, ", ".join(sorted(by_code.get(code, ())))) for code, text in meanings.items()]
    yield from table(("Code", "Meaning", "Errors"), rows)


def plan_json_page() -> Iterator[str]:
    """The parts of plan.json with their types and what they mean."""
    schema = plan_schema()
    yield from ("# plan.json", "", f"{schema['title']}. `schemadiff show --json-schema` prints this as a JSON Schema.")
    yield from _part("The document", schema)
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    for name, definition in definitions.items():
        if isinstance(definition, dict) and "properties" in definition:
            yield from _part(name, definition)


def _part(name: str, schema: dict[str, Json]) -> Iterator[str]:
    yield from ("", f"## {name}", "")
    if isinstance(text := schema.get("description"), str):
        yield from (text, "")
    properties = schema["properties"]
    assert isinstance(properties, dict)
    yield from table(("Field", "Type"), [(f"`{field}`", type_of(its)) for field, its in properties.items()])


def type_of(schema: Json) -> str:
    """A type of JSON Schema in words, with a link to where it is described."""
    match schema:
        case {"$ref": str(place)}:
            name = place.rpartition("/")[2]
            return f"[{name}](#{name.lower()})" if _has_fields(name) else name
        case {"anyOf": list(options)}:
            return " or ".join(map(type_of, options))
        case {"type": "array", "items": items}:
            return f"list of {type_of(items)}"
        case {"type": "object", "additionalProperties": values}:
            return f"{type_of(values)} by name"
        case {"enum": list(values)}:
            return ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            return f"`{value}`"
        case {"type": str(name)}:
            return name
    return "any"


def _has_fields(name: str) -> bool:
    definitions = plan_schema()["$defs"]
    assert isinstance(definitions, dict)
    found = definitions.get(name)
    return isinstance(found, dict) and "properties" in found


def ledger_page() -> Iterator[str]:
    """The tables that schemadiff keeps on live, as it creates them."""
    yield from ("# The ledger's tables", "")
    yield "`apply` and `rollback` keep these in schema `schemadiff` of the live database, for the role that applies."
    for made in tables.RUN.metadata.sorted_tables:
        statement = str(CreateTable(made).compile(dialect=tables.DIALECT)).strip().replace("\t", "    ")
        yield from ("", f"## {made.name}", "", "```sql", f"{statement};", "```")


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table of Markdown."""
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
