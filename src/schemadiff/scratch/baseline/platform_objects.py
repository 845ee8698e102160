"""What lies in the platform's schemas on live, and is otherwise in its stand-in: names, columns, types, privileges.

Projects are of different ages, and the platform's services migrate their schemas themselves.
"""

from collections.abc import Iterator
from dataclasses import replace

import psycopg

from schemadiff.catalog.scope import SUPABASE_SCHEMAS
from schemadiff.scratch.stand_ins.members import MemberRelation, Members
from schemadiff.scratch.stand_ins.reading import held_by
from schemadiff.scratch.stand_ins.stand_in import working_statements
from schemadiff.scratch.stand_ins.writing import written

_SCHEMAS = tuple(name for name in SUPABASE_SCHEMAS if "*" not in name)

_TABLES = ("r", "p", "f")


def copy_platform_objects(live: psycopg.Connection, scratch: psycopg.Connection) -> None:
    """Give `scratch`, where a superuser connects, what live has in the platform's schemas, and take what it has not.

    What is made has the names and types of live's, and no code of it. What the server refuses is left as it is.
    """
    wanted, here = held_by(live, _SCHEMAS), held_by(scratch, _SCHEMAS)
    texts = [*_dropped(wanted, here), *written(_lacking(wanted, here), None), *_changed(wanted, here)]
    if texts:
        with scratch.transaction():
            working_statements(scratch, texts)


def _lacking(wanted: Members, here: Members) -> Members:
    """What live has and the stand-in has not."""
    types, relations = {type.name for type in here.types}, {relation.name for relation in here.relations}
    routines = {(routine.name, routine.types) for routine in here.routines}
    return replace(
        wanted,
        schemas=tuple(name for name in wanted.schemas if name not in here.schemas),
        types=tuple(type for type in wanted.types if type.name not in types),
        relations=tuple(relation for relation in wanted.relations if relation.name not in relations),
        routines=tuple(each for each in wanted.routines if (each.name, each.types) not in routines),
        grants=tuple(grant for grant in wanted.grants if grant not in here.grants),
    )


def _dropped(wanted: Members, here: Members) -> Iterator[str]:
    """Statements that drop what live has not, from the relations that it has on."""
    names = {relation.name for relation in wanted.relations}
    for relation in here.relations:
        if relation.name not in names and relation.kind in (*_TABLES, "v"):
            yield f"DROP {'VIEW' if relation.kind == 'v' else 'TABLE'} {relation.name} CASCADE"
    calls = {(routine.name, routine.types) for routine in wanted.routines}
    for routine in here.routines:
        if routine.kind == "f" and (routine.name, routine.types) not in calls:
            inputs = [t for mode, t in zip(routine.modes, routine.types, strict=True) if mode in "ibv"]
            yield f"DROP FUNCTION {routine.name}({', '.join(inputs)}) CASCADE"


def _changed(wanted: Members, here: Members) -> Iterator[str]:
    """Statements that give relations the columns and owners that they have on live."""
    there = {relation.name: relation for relation in here.relations}
    for relation in wanted.relations:
        before = there.get(relation.name)
        if relation.kind in _TABLES and before is not None:
            yield from _columns(relation, before)
        if before is None or before.owner != relation.owner:
            word = {"v": "VIEW", "m": "MATERIALIZED VIEW", "S": "SEQUENCE"}.get(relation.kind, "TABLE")
            yield f"ALTER {word} {relation.name} OWNER TO {relation.owner}"


def _columns(relation: MemberRelation, before: MemberRelation) -> Iterator[str]:
    new = dict(zip(relation.columns, relation.types, strict=True))
    old = dict(zip(before.columns, before.types, strict=True))
    for name in old.keys() - new.keys():
        yield f"ALTER TABLE {relation.name} DROP COLUMN {name} CASCADE"
    for name, type in new.items():
        if name not in old:
            yield f"ALTER TABLE {relation.name} ADD COLUMN {name} {type}"
        elif old[name] != type:
            yield f"ALTER TABLE {relation.name} ALTER COLUMN {name} TYPE {type} USING NULL"
