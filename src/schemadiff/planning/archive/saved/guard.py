"""Statements of scripts that make the archive where there is none, and refuse one that is not as we make it.

Scripts run with psql, too, and what is true when they are planned need not be true by then.
"""

from collections.abc import Iterator
from textwrap import indent

from schemadiff.catalog.private_schema import CONTENTS, findings, revocations, strangers
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Sql, literal
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.saved.purposes import on_archive

_NAMES = (CONTENTS.name,)


def _guard(preparations: str) -> Sql:
    lines = ", ".join(map(literal, (*CONTENTS.columns, *CONTENTS.constraints)))
    consists = f"{strangers(ARCHIVE_SCHEMA, _NAMES)}\nUNION ALL\n{findings(ARCHIVE_SCHEMA, _NAMES)}"
    return Sql(
        f"""DO $$
DECLARE
    path text := pg_catalog.current_setting('search_path');
    statement text;
    wrong text;
BEGIN
    PERFORM pg_catalog.set_config('search_path', '', true);
{indent(preparations, "    ")}    SELECT string_agg(concat_ws(' ', f.object, f.line), ', ') INTO wrong FROM (
{indent(consists, "        ")}
    ) AS f (object, line, owner) WHERE f.line <> ALL (ARRAY[
        {lines}]);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'schema {ARCHIVE_SCHEMA} is not used, since it is not as schemadiff makes it: %', wrong
            USING HINT = 'See who made it; drop it if it is nobody''s of yours, then run this again.';
    END IF;
    PERFORM set_config('search_path', path, true);
END
$$"""
    )


_MAKING = f"""IF to_regnamespace('{ARCHIVE_SCHEMA}') IS NULL THEN
    CREATE SCHEMA {ARCHIVE_SCHEMA};
END IF;
IF NOT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
               WHERE n.nspname = '{ARCHIVE_SCHEMA}' AND c.relname = '{CONTENTS.name}') THEN
{indent(CONTENTS.create(), "    ")};
    FOR statement IN
{indent(revocations(ARCHIVE_SCHEMA, _NAMES), "        ")}
    LOOP
        EXECUTE statement;
    END LOOP;
END IF;
"""


def opening() -> Iterator[Statement]:
    """Before the first thing is archived: the schema and its table of contents, for their owner alone."""
    yield Statement(_guard(_MAKING), purpose=on_archive(StepOperation.OPEN_ARCHIVE))


def checking() -> Iterator[Statement]:
    """Before the first thing comes back."""
    yield Statement(_guard(""), purpose=on_archive(StepOperation.CHECK_ARCHIVE))
