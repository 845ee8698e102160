"""Routines as they are in a database: what a probe of their bodies must know."""

from collections.abc import Collection
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow, class_row

from schemadiff.session import SET_PATH

Session = psycopg.Connection[TupleRow]

_ROUTINES = """
SELECT p.oid::int8, l.lanname AS language, n.nspname AS schema, p.proname AS name, p.prosrc AS body,
       coalesce(p.proconfig, '{}') AS settings, coalesce(p.proargnames, '{}') AS argument_names,
       p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) AS for_trigger,
       types.names AS types, types.polymorphic,
       coalesce(hung.relations, '{}') AS hangs_on, coalesce(hung.transition, '{}') AS transition_tables
  FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
 CROSS JOIN LATERAL (
           SELECT coalesce(array_agg(format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL)
                                     ORDER BY a.place), '{}') AS names,
                  coalesce(bool_or(t.typtype = 'p' AND t.typname <> 'record'), false) AS polymorphic
             FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS a (type, place)
             JOIN pg_catalog.pg_type AS t ON t.oid = a.type) AS types
  LEFT JOIN LATERAL (
           SELECT array_agg(DISTINCT t.tgrelid::regclass::text) AS relations,
                  array_remove(array_agg(t.tgnewtable::text) || array_agg(t.tgoldtable::text), NULL) AS transition
             FROM pg_catalog.pg_trigger AS t
            WHERE t.tgfoid = p.oid AND NOT t.tgisinternal) AS hung ON true
 WHERE p.oid = ANY (%s::int8[]::oid[]) AND l.lanname IN ('sql', 'plpgsql') AND p.prosqlbody IS NULL
 ORDER BY p.oid
"""

_MADE = r"""
SELECT array_agg(DISTINCT lower(made.found[1]))
  FROM pg_catalog.pg_proc AS p
 CROSS JOIN LATERAL regexp_matches(
           p.prosrc,
           '\mtemp(?:orary)?\s+(?:table|view|sequence)\s+(?:if\s+not\s+exists\s+)?"?(\w+)',
           'gi') AS made (found)
"""


@dataclass(frozen=True, slots=True)
class Routine:
    """One routine: types are in the order of all its arguments, domains as what they are made of."""

    oid: int
    language: str
    schema: str
    name: str
    body: str
    settings: list[str]
    argument_names: list[str]
    for_trigger: bool
    types: list[str]
    polymorphic: bool
    hangs_on: list[str]
    """The tables whose triggers call it."""
    transition_tables: list[str]


def routines_of(session: Session, oids: Collection[int]) -> list[Routine]:
    """Those of these routines whose body is a string of SQL or PL/pgSQL; `session` looks names up nowhere."""
    with session.cursor(row_factory=class_row(Routine)) as cursor:
        return cursor.execute(_ROUTINES, [list(oids)]).fetchall()


def temporary_names(session: Session) -> frozenset[str]:
    """Relations that some routine makes for its session."""
    (names,) = session.execute(_MADE).fetchone() or (None,)
    return frozenset(names or ())


def paths_for(session: Session, routine: Routine, users_path: str) -> list[str]:
    """Where names without a schema may be found: who calls a routine decides, and any schema may come first."""
    rows = session.execute(
        "SELECT quote_ident(nspname) FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' "
        "ORDER BY nspname <> %s, nspname",
        [routine.schema],
    ).fetchall()
    schemas = [str(name) for (name,) in rows]
    rotations = [", ".join((first, *(one for one in schemas if one != first))) for first in schemas[:8]]
    return [*rotations, ", ".join(filter(None, (users_path, *schemas)))]


def set_as_called(session: Session, routine: Routine, path: str) -> None:
    """Let names be looked up for the rest of the transaction as where the routine runs."""
    session.execute(SET_PATH, [path, True])
    for setting in routine.settings:
        session.execute("SELECT pg_catalog.set_config(%s, %s, true)", setting.split("=", 1))
