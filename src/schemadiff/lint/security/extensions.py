"""Extensions and queues where they should not be, or not as they should be."""

from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.sql import Quoted, name_parts
from schemadiff.lint.rule import Finding, Side

_QUEUES = Quoted("pgmq_public")


def extension_in_public(side: Side) -> Iterator[Finding]:
    """Extensions whose objects stand among the project's own."""
    for extension in side.catalog.having(Extension, "schema", Quoted("public")):
        message = "its functions and types stand in schema public, among what the API serves"
        yield Finding(extension, message, f"ALTER EXTENSION {extension.identity} SET SCHEMA extensions;")


def extension_versions_outdated(side: Side) -> Iterator[Finding]:
    """Extensions of which the server has a newer version."""
    outdated = side.statistics.outdated_extensions if side.statistics else {}
    for extension in side.catalog.of(Extension):
        if (newest := outdated.get(extension.identity)) is not None:
            message = f"version {extension.version} is installed, {newest} is at hand"
            yield Finding(extension, message, f"ALTER EXTENSION {extension.identity} UPDATE;")


def insecure_queue_exposed_in_api(side: Side) -> Iterator[Finding]:
    """Queues that the API serves without row-level security."""
    if _QUEUES not in side.exposed:
        return
    for name, relation in side.access.surroundings.relations.items():
        schema, table, *_ = name_parts(name)
        if schema == "pgmq" and table.startswith("q_") and not relation.row_security:
            open_to = [one.name for one in side.api_actors if side.access.privileges.has(one, "SELECT", "table", name)]
            holder = side.catalog.get(Identity(Schema.KIND, Quoted("public")))
            if open_to and holder is not None:
                message = f"queue {name} has no row-level security, and {', '.join(open_to)} can read it"
                yield Finding(holder, message, f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;", about=name)
