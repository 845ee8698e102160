"""Renames: a dropped object and a created one that are the same object under another name.

A catalog cannot tell a rename from a drop and an add. What the annotations or the user say is carried out first,
and the rest is planned against live as it is after them. A drop that stands beside a look-alike add, of objects
that hold data, is a question that somebody has to answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column import Column
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.errors import AmbiguousRename
from schemadiff.planning.diff import Change, diff

if TYPE_CHECKING:  # reading files is not needed to compare databases
    from schemadiff.desired.annotations import Renamed


class RenameMode(StrEnum):
    """What to do about a drop beside a look-alike add."""

    ASK = "ask"
    REFUSE = "refuse"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class RenamePolicy:
    """The mode, and the answers given so far: `renamed` as (old, new) pairs of names, `kept` as old names."""

    mode: RenameMode = RenameMode.REFUSE
    renamed: tuple[tuple[str, str], ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rename:
    """One object that bears `old` in live and `new` in desired."""

    old: Identity
    new: Identity


class UnansweredRenames(AmbiguousRename):
    """Drops beside look-alike adds; `questions` holds each pair once."""

    def __init__(self, questions: tuple[Rename, ...]) -> None:
        self.questions = questions
        lines = [
            f"  {question.old} is gone and {question.new} is new and looks like it; say which is meant:\n"
            f"    the same {question.old.kind}, renamed:  --rename {question.old.name}={question.new.name}"
            f"   (or `-- @renamed from=` above it)\n"
            f"    another one, the old one dropped with its data:  --no-rename {question.old.name}"
            for question in questions
        ]
        super().__init__("renamed, or dropped and added?\n" + "\n".join(lines))


def wanted_renames(
    declared: "tuple[Renamed, ...]", policy: RenamePolicy, live: Catalog, desired: Catalog
) -> list[Rename]:
    """The renames that annotations and answers ask for and that are still to be made."""
    pairs = [
        (kind, *names)
        for note in declared
        for kind in _kinds(note, desired)
        if (names := _names(note)) is not None
    ]
    pairs += [(kind, old, new) for old, new in policy.renamed for kind in live.rows]
    found = [Rename(Identity(kind, Quoted(old)), Identity(kind, Quoted(new))) for kind, old, new in pairs]
    return [rename for rename in dict.fromkeys(found) if _applies(rename, live, desired)]


def namesakes(live: Catalog, desired: Catalog) -> list[Rename]:
    """Objects without data that differ in nothing but their name: the key of a renamed table."""
    changes = diff(live, desired)
    gone: dict[object, list[Identity]] = defaultdict(list)
    for identity, change in changes.items():
        if change.after is None and (likeness := live[identity].likeness()) is not None:
            gone[identity.kind, likeness].append(identity)
    found = []
    for identity, change in changes.items():
        if change.before is None:
            candidates = gone.get((identity.kind, desired[identity].likeness()))
            if candidates:
                found.append(Rename(candidates.pop(0), identity))
    return found


def look_alikes(
    changes: dict[Identity, Change], live: Catalog, desired: Catalog, policy: RenamePolicy
) -> tuple[Rename, ...]:
    """Pairs of a dropped and a created table or column that look like one renamed object."""
    gone: dict[object, list[Identity]] = defaultdict(list)
    for identity, change in changes.items():
        if change.after is None and identity.name not in policy.kept and _stands_alone(change, changes):
            gone[_likeness(identity, live)].append(identity)
    gone.pop(None, None)
    found: list[Rename] = []
    for identity, change in changes.items():
        if change.before is None and _stands_alone(change, changes):
            candidates = gone.get(_likeness(identity, desired), ())
            found.extend(Rename(old, identity) for old in candidates)
    return tuple(found)


def refuse_unanswered(questions: Iterable[Rename], policy: RenamePolicy) -> None:
    """Raise UnansweredRenames if there are questions and the policy does not say never."""
    pairs = tuple(questions)
    if pairs and policy.mode is not RenameMode.NEVER:
        raise UnansweredRenames(pairs)


def _applies(rename: Rename, live: Catalog, desired: Catalog) -> bool:
    """Whether the object stands in live under its old name and in desired under the new one."""
    return rename.old in live and rename.new in desired and rename.old != rename.new


def _names(note: "Renamed") -> tuple[str, str] | None:
    """Old and new name as identities write them; a part of a table is named under the table's new name."""
    declared = note.object
    if declared.schema is None:
        return quote_ident(note.old), quote_ident(declared.name)
    schema = quote_ident(declared.schema)
    old, new = quote_ident(note.old), quote_ident(declared.name)
    if declared.kind == "column":
        relation = f"{schema}.{quote_ident(declared.relation or '')}"
        return f"{relation}.{old}", f"{relation}.{new}"
    if declared.relation is not None and declared.kind != "index":
        relation = f"{schema}.{quote_ident(declared.relation)}"
        return f"{old} ON {relation}", f"{new} ON {relation}"
    return f"{quote_ident(note.old_schema or declared.schema)}.{old}", f"{schema}.{new}"


def _kinds(note: "Renamed", desired: Catalog) -> Iterator[str]:
    """The kinds that the annotated object can be of; a parser knows less than the catalog."""
    names = _names(note)
    if names is not None:
        yield from (kind for kind, rows in desired.rows.items() if names[1] in rows)


def _stands_alone(change: Change, changes: dict[Identity, Change]) -> bool:
    """Whether the object's table is not itself new or gone."""
    built = change.before or change.after
    holder = built.within() if built else None
    return holder is None or holder not in changes or None not in (changes[holder].before, changes[holder].after)


def _likeness(identity: Identity, catalog: Catalog) -> object:
    """What two objects share that may be one under two names; None for kinds that hold no data."""
    built = catalog[identity]
    if isinstance(built, Column):
        return ("column", built.table, built.type)
    if isinstance(built, Table):
        columns = catalog.dependencies.needed_by.get(identity, ())
        shape = frozenset(
            (column.name, column.type)
            for other in columns
            if isinstance(column := catalog[other], Column)
        )
        return ("table", shape) if shape else None
    return None
