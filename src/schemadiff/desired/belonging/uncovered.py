"""What hangs on schemas of a platform that dumps leave out: such files say nothing of it."""

from collections.abc import Iterator

from schemadiff.catalog.scope import SUPABASE_PUBLICATIONS, SUPABASE_SCHEMAS
from schemadiff.desired.belonging.objects import named_by, published
from schemadiff.desired.files import Desired
from schemadiff.desired.reading.dumped import is_dump
from schemadiff.notes import Note, NoteKind

_HANGING = ("policy", "trigger")
_TOLD = ("auth", "storage", "realtime", "supabase_realtime")
"""Where projects have something of theirs, for the most part."""


def uncovered(desired: Desired) -> tuple[str, ...]:
    """The schemas and publications of the platform that no statement of the files names, if all files are dumps.

    Where one file is not, the files say whatever is to be.
    """
    sources = {statement.source for statement in desired.statements}
    if not sources or not all(map(is_dump, sources)):
        return ()
    named = set[str | None]()
    for statement in desired.statements:
        objects = named_by(statement.tag, statement.tree, statement.declares)
        named |= {one.schema for one in objects}
        named |= {one.name for one in objects if one.kind in ("schema", "objects in schema", "publication")}
        named |= {table.schema for table in published(statement.tree)}
    return tuple(name for name in (*SUPABASE_SCHEMAS, *SUPABASE_PUBLICATIONS) if name not in named)


def left_alone(names: tuple[str, ...]) -> Iterator[str]:
    """Patterns for what of ours hangs on such schemas and publications, as the setting exclude takes them."""
    for name in names:
        if name in SUPABASE_PUBLICATIONS:
            yield from (f"{kind}:* in publication {name}" for kind in ("publication relation", "publication namespace"))
        else:
            yield from (f"{kind}:* ON {name}.*" for kind in _HANGING)


def uncovered_notes(names: tuple[str, ...]) -> tuple[Note, ...]:
    """The note on what such files leave as it is, where that may be something."""
    told = [name for name in _TOLD if name in names]
    return (Note.of(NoteKind.UNCOVERED, ", ".join(told)),) if told else ()
