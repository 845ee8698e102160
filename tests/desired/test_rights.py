"""What files do not get from a superuser's session while they are loaded: others' objects, casts, code run in it."""

from collections.abc import Callable

import psycopg
import pytest

from schemadiff.desired.files import Desired
from schemadiff.errors import DesiredError

from .database import Scratch

Read = Callable[[dict[str, str]], Desired]

SYSTEMS = """
SELECT (SELECT count(*) FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner
        WHERE p.oid < 16384 AND NOT r.rolsuper)
     + (SELECT count(*) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname = 'taken'
        JOIN pg_roles AS r ON r.oid = p.proowner WHERE r.rolname <> 'desired_loader')
     + (SELECT count(*) FROM pg_cast WHERE oid >= 16384 AND castsource < 16384 AND casttarget < 16384)
     + (SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname IN ('desired_loader', 'desired_chief'))
"""
"""What nothing may be found of: functions of the system's that were given away, ours with others, casts, rights."""

OWN = """
CREATE SCHEMA taken; CREATE FUNCTION taken.f() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END';
"""

REFUSED = {
    "a function to who asks": (
        OWN + "ALTER FUNCTION taken.f() OWNER TO SESSION_USER; ALTER FUNCTION lo_unlink(oid) OWNER TO SESSION_USER"
    ),
    "to a superuser": OWN + "ALTER FUNCTION taken.f() OWNER TO desired_root",
    "to a role of the system": OWN + "ALTER FUNCTION taken.f() OWNER TO pg_execute_server_program",
    "to another such role": OWN + "ALTER FUNCTION taken.f() OWNER TO pg_write_server_files",
    "a schema of the system": "ALTER SCHEMA pg_catalog OWNER TO desired_loader",
    "a function of the system": "ALTER FUNCTION pg_catalog.lo_export(oid, text) OWNER TO desired_loader",
    "another one by its name alone": "ALTER FUNCTION pg_read_file(text) OWNER TO CURRENT_USER",
    "a table of the system": "ALTER TABLE pg_catalog.pg_authid OWNER TO desired_loader",
    "a function of an extension": "CREATE EXTENSION hstore; ALTER FUNCTION hstore_in(cstring) OWNER TO desired_loader",
    "a wrapper of an extension": (
        "CREATE EXTENSION postgres_fdw; ALTER FOREIGN DATA WRAPPER postgres_fdw OWNER TO desired_loader"
    ),
    "a language": "ALTER LANGUAGE plpgsql OWNER TO desired_loader",
    "a cast of the system": (
        "CREATE FUNCTION public.cast_it(int) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT current_date';"
        "CREATE CAST (int AS date) WITH FUNCTION public.cast_it(int) AS IMPLICIT"
    ),
    "a cast to an assignment": (
        "CREATE FUNCTION public.cast_it(oid) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';"
        "CREATE CAST (oid AS boolean) WITH FUNCTION public.cast_it(oid) AS ASSIGNMENT"
    ),
    "a cast that reads the bytes of our type": (
        "CREATE TYPE public.span AS RANGE (subtype = int); CREATE CAST (text AS public.span) WITHOUT FUNCTION"
    ),
    "a cast without a function": "CREATE CAST (int8 AS timestamp) WITHOUT FUNCTION AS IMPLICIT",
    "a validator": (
        "CREATE FUNCTION public.valid(text[], oid) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE FOREIGN DATA WRAPPER checked VALIDATOR public.valid OPTIONS (a 'b')"
    ),
    "a function that passes for an extension's": (
        "CREATE EXTENSION file_fdw; CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "ALTER EXTENSION file_fdw ADD FUNCTION public.f()"
    ),
    "an extension's script among our functions": (
        "CREATE SCHEMA around; CREATE FUNCTION around.format(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1';"
        "CREATE EXTENSION dblink SCHEMA around"
    ),
    "an extension's script among our operators": (
        "CREATE SCHEMA around; CREATE FUNCTION around.eq(name, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
        "CREATE OPERATOR around.= (LEFTARG = name, RIGHTARG = text, FUNCTION = around.eq);"
        "CREATE EXTENSION dblink SCHEMA around"
    ),
}

PERMITTED = {
    "to roles without rights in the schema": (
        "CREATE SCHEMA given; CREATE TABLE given.t (id int); ALTER TABLE given.t OWNER TO desired_chief;"
        "CREATE FUNCTION given.f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "ALTER FUNCTION given.f() OWNER TO desired_chief"
    ),
    "of what only superusers may own": (
        "CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE division_by_zero; END';"
        "CREATE EVENT TRIGGER watchful ON ddl_command_end EXECUTE FUNCTION public.on_ddl();"
        "ALTER EVENT TRIGGER watchful OWNER TO desired_chief;"
        "CREATE FOREIGN DATA WRAPPER w; ALTER FOREIGN DATA WRAPPER w OWNER TO desired_chief;"
        "CREATE PUBLICATION p FOR ALL TABLES; ALTER PUBLICATION p OWNER TO desired_chief"
    ),
    "a cast by way of text, and one of our own type": (
        "CREATE CAST (int AS date) WITH INOUT; CREATE TYPE public.ours AS (a int);"
        "CREATE FUNCTION public.cast_it(public.ours) RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE CAST (public.ours AS int) WITH FUNCTION public.cast_it(public.ours)"
    ),
    "an extension among functions with names of their own": (
        "CREATE SCHEMA around; CREATE FUNCTION around.mine(text) RETURNS text LANGUAGE sql AS 'SELECT $1';"
        "CREATE EXTENSION dblink SCHEMA around"
    ),
}


@pytest.fixture
def rights(scratch: Scratch) -> Scratch:
    """A database of the loading role's, beside a superuser and another role."""
    scratch.server.create_role("desired_root", "SUPERUSER")
    scratch.server.create_role("desired_chief")
    return scratch


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
def test_what_no_file_gets(rights: Scratch, read: Read, sql: str) -> None:
    with pytest.raises(DesiredError):
        rights.load(read({"a.sql": sql}))
    with rights.admin() as connection:
        assert connection.execute(SYSTEMS.encode()).fetchone() == (0,)
        query = "SELECT count(*) FROM pg_extension WHERE extname = 'dblink'"
        assert connection.execute(query).fetchone() == (0,)


@pytest.mark.parametrize("sql", PERMITTED.values(), ids=PERMITTED)
def test_what_files_get(rights: Scratch, read: Read, sql: str) -> None:
    rights.load(read({"a.sql": sql}))
    with rights.admin() as connection:
        promoted = "SELECT FROM pg_roles WHERE rolname = 'desired_chief' AND rolsuper"
        assert connection.execute(promoted).fetchone() is None
        owners = """
            SELECT relowner::regrole::text FROM pg_class WHERE relnamespace::regnamespace::text = 'given'
            UNION SELECT evtowner::regrole::text FROM pg_event_trigger UNION SELECT fdwowner::regrole::text
            FROM pg_foreign_data_wrapper WHERE fdwname = 'w' UNION SELECT pubowner::regrole::text FROM pg_publication
        """
        assert set(connection.execute(owners.encode())) <= {("desired_chief",)}
        with psycopg.connect(rights.url) as loader:
            assert loader.execute("SHOW is_superuser").fetchone() == ("off",)
