"""The ledger is used only as schemadiff makes it: nobody's code runs in there, and nobody else writes to it."""

import os
import subprocess
import sys
from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql

from schemadiff.api import status
from schemadiff.errors import ExecutionError, Refused
from schemadiff.execution.record.ledger import Ledger, finished_backfills
from schemadiff.execution.record.published import publications
from schemadiff.execution.record.tables import ALL, FIRST
from schemadiff.notes import NoteKind
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import Stage, state_of

FIRST_LEDGER = ";".join(["CREATE SCHEMA schemadiff", *(table.create() for table in FIRST)])
"""That of version 0.1.0."""

WHOLE_LEDGER = ";".join(["CREATE SCHEMA schemadiff", *(table.create() for table in ALL)])

TRAP = """
CREATE FUNCTION public.trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ALTER ROLE squatter SUPERUSER; END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.spring() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ALTER ROLE squatter SUPERUSER; END IF;
  RETURN 'x';
END $$;
CREATE FUNCTION public.still() RETURNS text LANGUAGE sql IMMUTABLE RETURN 'x'
"""


def as_squatter(server: ScratchServer, case: Stage, *statements: str) -> None:
    """Run statements as a role that may create in the database and is no superuser."""
    server.create_role("squatter", "LOGIN")
    with psycopg.connect(case.url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO squatter").format(name))
        connection.execute("GRANT CREATE ON SCHEMA public TO squatter; SET ROLE squatter")
        connection.execute(TRAP)
        for statement in statements:
            connection.execute(statement)


def refused(case: Stage, match: str) -> str:
    """What apply says, which leaves everything as it was."""
    before = case.rows("SELECT relname, relnamespace::regnamespace::text FROM pg_class WHERE oid > 16384 ORDER BY 1, 2")
    with pytest.raises(Refused, match=match) as raised:
        case.apply()
    assert case.rows("SELECT rolsuper FROM pg_roles WHERE rolname = 'squatter'") in ([(False,)], [])
    assert state_of(case.url).objects.keys() & {"column public.contacts.touched"} == set()
    after = case.rows("SELECT relname, relnamespace::regnamespace::text FROM pg_class WHERE oid > 16384 ORDER BY 1, 2")
    assert after == before
    return str(raised.value)


@pytest.mark.parametrize(
    "made",
    [
        ["CREATE SCHEMA schemadiff"],
        [WHOLE_LEDGER],
        [
            FIRST_LEDGER,
            "CREATE TRIGGER t BEFORE INSERT ON schemadiff.run FOR EACH ROW EXECUTE FUNCTION public.trap()",
        ],
        [
            WHOLE_LEDGER,
            "GRANT ALL ON SCHEMA schemadiff TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA schemadiff TO PUBLIC",
        ],
        [
            "CREATE SCHEMA schemadiff",
            "CREATE VIEW schemadiff.backfill AS SELECT 'a' AS name, public.spring() AS sha256, now() AS done_at",
        ],
    ],
    ids=["schema", "tables", "trigger", "for all", "view"],
)
def test_a_ledger_that_another_role_made(server: ScratchServer, stage: StageMaker, made: list[str]) -> None:
    """Whatever it looks like, it is refused with its owner and the next step, by all that would use it."""
    case = stage(server)
    as_squatter(server, case, *made)
    words = refused(case, "the schema belongs to role squatter")
    assert "DROP SCHEMA schemadiff CASCADE" in words
    for use in (lambda: status(case.url), lambda: case.rollback(), lambda: backfills(case)):
        with pytest.raises(Refused, match="belongs to role squatter"):
            use()
    assert case.value("SELECT rolsuper FROM pg_roles WHERE rolname = 'squatter'") is False


def backfills(case: Stage) -> object:
    """What planning asks the ledger."""
    with psycopg.connect(case.url, autocommit=True) as connection:
        return finished_backfills(connection)


SPOILED = {
    "a trigger": (
        "CREATE TRIGGER t BEFORE INSERT ON schemadiff.run FOR EACH ROW EXECUTE FUNCTION public.trap()",
        "table schemadiff.run has trigger t",
    ),
    "a rule": (
        "CREATE RULE r AS ON INSERT TO schemadiff.segment DO ALSO SELECT public.spring()",
        "table schemadiff.segment has rule r",
    ),
    "a default": (
        "ALTER TABLE schemadiff.run ALTER who SET DEFAULT public.spring()",
        "table schemadiff.run has who text DEFAULT public.spring() NOT NULL",
    ),
    "a policy": (
        "CREATE POLICY p ON schemadiff.backfill USING (public.spring() = 'x')",
        "table schemadiff.backfill has policy p",
    ),
    "row security": (
        "ALTER TABLE schemadiff.runner ENABLE ROW LEVEL SECURITY",
        "table schemadiff.runner has row-level security",
    ),
    "a check": (
        "ALTER TABLE schemadiff.segment ADD CHECK (public.spring() = 'x')",
        "table schemadiff.segment has CHECK ((public.spring() = 'x'::text))",
    ),
    "an index": (
        "CREATE INDEX i ON schemadiff.run ((public.still()))",
        "table schemadiff.run has index schemadiff.i",
    ),
    "a generated column": (
        "ALTER TABLE schemadiff.purged ADD g text GENERATED ALWAYS AS (public.still()) STORED",
        "table schemadiff.purged has g text DEFAULT public.still()",
    ),
    "a child": (
        "CREATE TABLE public.child () INHERITS (schemadiff.backfill)",
        "table schemadiff.backfill has child public.child",
    ),
    "a foreign key to it": (
        "CREATE TABLE public.referring (run bigint REFERENCES schemadiff.run ON DELETE CASCADE)",
        "table schemadiff.run has a foreign key from public.referring",
    ),
    "a domain": (
        "CREATE DOMAIN public.text AS pg_catalog.text CHECK (public.spring() = 'x');"
        "ALTER TABLE schemadiff.run ALTER plan TYPE public.text",
        "table schemadiff.run has plan public.text NOT NULL",
    ),
    "no key": (
        "ALTER TABLE schemadiff.backfill DROP CONSTRAINT backfill_pkey",
        "table schemadiff.backfill lacks PRIMARY KEY (name, sha256)",
    ),
    "a column less": ("ALTER TABLE schemadiff.run DROP up_sql", "table schemadiff.run lacks up_sql text NOT NULL"),
    "a partitioned table": (
        "DROP TABLE schemadiff.purged; CREATE TABLE schemadiff.purged (name text NOT NULL, object text NOT NULL,"
        " archived_at timestamptz NOT NULL, purged_at timestamptz NOT NULL DEFAULT now()) PARTITION BY LIST (name)",
        "table schemadiff.purged has another kind of relation",
    ),
    "a right to write": (
        "GRANT INSERT ON schemadiff.backfill TO squatter",
        "table schemadiff.backfill grants INSERT to squatter",
    ),
    "a right to write a column": (
        "GRANT UPDATE (state) ON schemadiff.run TO squatter",
        "table schemadiff.run grants UPDATE to squatter",
    ),
    "a right to put triggers": (
        "GRANT TRIGGER ON schemadiff.run TO PUBLIC",
        "table schemadiff.run grants TRIGGER to PUBLIC",
    ),
    "a right to create": ("GRANT CREATE ON SCHEMA schemadiff TO squatter", "the schema grants CREATE to squatter"),
    "a table of another's": (
        "GRANT CREATE ON SCHEMA schemadiff TO squatter; ALTER TABLE schemadiff.run OWNER TO squatter;"
        "REVOKE CREATE ON SCHEMA schemadiff FROM squatter",
        "table schemadiff.run belongs to role squatter",
    ),
}


def test_a_ledger_that_is_not_as_it_was_made(server: ScratchServer, stage: StageMaker) -> None:
    """Whatever could run code or tell lies is refused by its name, whoever put it there."""
    case = stage(server)
    as_squatter(server, case)
    with psycopg.connect(case.url, autocommit=True) as connection:
        Ledger(connection).prepare()
        for spoil, words in SPOILED.values():
            with connection.transaction(force_rollback=True):
                connection.execute(spoil.encode())
                for use in (Ledger(connection).prepare, Ledger(connection).exists):
                    with pytest.raises(Refused) as raised:
                        use()
                    assert words in str(raised.value), raised.value
        Ledger(connection).prepare()


def test_a_membership_gives_no_trust(server: ScratchServer, stage: StageMaker) -> None:
    """A superuser is a member of every role, and a role can make others its members."""
    case = stage(server)
    as_squatter(server, case, WHOLE_LEDGER)
    case.execute("GRANT squatter TO CURRENT_USER WITH ADMIN OPTION")
    refused(case, "belongs to role squatter")


def test_handed_over_it_is_still_looked_at(server: ScratchServer, stage: StageMaker) -> None:
    """REASSIGN OWNED makes a trap one's own."""
    case = stage(server)
    as_squatter(server, case, WHOLE_LEDGER, "ALTER TABLE schemadiff.run ALTER who SET DEFAULT public.spring()")
    case.execute("REASSIGN OWNED BY squatter TO CURRENT_USER")
    assert "squatter" not in refused(case, r"DEFAULT public\.spring\(\)")


def test_a_first_ledger_is_completed(server: ScratchServer, stage: StageMaker) -> None:
    """That of version 0.1.0 can be read, and gets what it lacks when something is to be run; its runs stay."""
    case = stage(server)
    case.execute(FIRST_LEDGER)
    case.execute(
        "INSERT INTO schemadiff.run VALUES (DEFAULT, 'old', 'a', 'up', 'done', now(), now(), 'me', '0.1.0', '', '')"
    )
    assert [run.plan for run in status(case.url).runs] == ["old"]
    assert case.value("SELECT to_regclass('schemadiff.runner') IS NULL") is True
    case.apply()
    assert [run.plan for run in status(case.url).runs] == [case.directory.name, "old"]


def test_something_else_under_the_name(server17: ScratchServer, stage: StageMaker) -> None:
    """A schema of that name that holds other tables of ours in part is no ledger."""
    case = stage(server17)
    case.execute(f"CREATE SCHEMA schemadiff; {FIRST[0].create()}")
    refused(case, "it has no table backfill and no table segment")


def test_an_empty_schema_of_ones_own_serves(server: ScratchServer, stage: StageMaker) -> None:
    """Where a role may not create schemas, an administrator makes one for it."""
    server.create_role("deployer", "LOGIN")
    case = stage(server)
    case.execute("CREATE SCHEMA schemadiff AUTHORIZATION deployer; ALTER TABLE public.contacts OWNER TO deployer")
    with psycopg.connect(case.url, autocommit=True) as connection:
        connection.execute("SET ROLE deployer")
        Ledger(connection).prepare()
        assert Ledger(connection).runs() == ()
    assert case.value("SELECT tableowner FROM pg_tables WHERE tablename = 'runner'") == "deployer"
    with pytest.raises(Refused, match=r"(?s)belongs to role deployer.*use the role that applied them"):
        status(case.url)


def test_who_reads_trusts_the_owner_of_the_database(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    """Status and plan of others work there; to write takes the owner or a superuser's own ledger."""
    url = fresh_database(server, owner="landlord")
    with psycopg.connect(url, autocommit=True) as connection:
        Ledger(connection).prepare()
        connection.execute(
            "GRANT USAGE ON SCHEMA schemadiff TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA schemadiff TO PUBLIC"
        )
        name = connection.info.dbname
    with psycopg.connect(server.url(name), autocommit=True) as connection:
        assert Ledger(connection).exists()
        with pytest.raises(Refused, match="belongs to role landlord"):
            Ledger(connection).prepare()
    server.create_role("tenant", "LOGIN")
    with psycopg.connect(server.url(name, "tenant"), autocommit=True) as connection:
        assert Ledger(connection).exists()
        assert Ledger(connection).runs() == ()


def test_nobody_else_gets_in(server: ScratchServer, stage: StageMaker) -> None:
    """Default privileges open neither the schema nor its tables, and what an administrator grants later stays."""
    server.create_role("watcher", "LOGIN")
    case = stage(server)
    case.execute(
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO watcher, PUBLIC;"
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO watcher, PUBLIC"
    )
    with psycopg.connect(case.url, autocommit=True) as connection:
        Ledger(connection).prepare()
        granted = "SELECT FROM pg_class AS c, aclexplode(relacl) AS a WHERE relnamespace = 'schemadiff'::regnamespace"
        assert connection.execute(f"{granted} AND relkind = 'r' AND a.grantee <> relowner").fetchall() == []
        assert connection.execute("SELECT has_schema_privilege('watcher', 'schemadiff', 'USAGE')").fetchone() == (
            False,
        )
        connection.execute("GRANT USAGE ON SCHEMA schemadiff TO watcher; GRANT SELECT ON schemadiff.run TO watcher")
        Ledger(connection).prepare()
        assert connection.execute("SELECT has_table_privilege('watcher', 'schemadiff.run', 'SELECT')").fetchone() == (
            True,
        )


def test_without_the_right_to_create_it(server17: ScratchServer, stage: StageMaker) -> None:
    """A role that may make no schema is told what to do."""
    server17.create_role("guest", "LOGIN")
    case = stage(server17)
    with psycopg.connect(case.url, autocommit=True) as connection:
        connection.execute("SET ROLE guest")
        with pytest.raises(ExecutionError, match="grant it CREATE on the database"):
            Ledger(connection).prepare()


def test_the_command_line_says_whose_it_is(server17: ScratchServer, stage: StageMaker) -> None:
    """Refused, exit code 3."""
    case = stage(server17)
    as_squatter(server17, case, "CREATE SCHEMA schemadiff")
    command = [sys.executable, "-m", "schemadiff", "apply", str(case.directory), "--auto-approve"]
    environment = os.environ | {"SCHEMADIFF_DATABASE_URL": case.url}
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert (run.returncode, "belongs to role squatter" in run.stderr) == (3, True), run.stderr


def test_publications_that_carry_it_are_named(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    """Those of all tables, and those of the schemas; not those of single tables or other schemas."""
    with psycopg.connect(fresh_database(server), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE public.t (id int PRIMARY KEY); CREATE SCHEMA schemadiff_archive;"
            "CREATE PUBLICATION one FOR TABLE public.t; CREATE PUBLICATION others FOR TABLES IN SCHEMA public;"
            "CREATE PUBLICATION everything FOR ALL TABLES;"
            "CREATE PUBLICATION kept FOR TABLES IN SCHEMA public, schemadiff_archive"
        )
        notes = list(publications(connection))
    assert [(note.kind, note.about[0]) for note in notes] == [
        (NoteKind.PUBLISHED, "everything"),
        (NoteKind.PUBLISHED, "kept"),
    ]
    assert "schemadiff and schemadiff_archive to its subscribers" in str(notes[0])
