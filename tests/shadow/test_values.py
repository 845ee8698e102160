"""Values of rows stay out of what is told of a statement that fails, wherever a server puts them."""

from collections.abc import Callable

import psycopg
import pytest

from schemadiff.catalog.sql import Sql
from schemadiff.plans.model import Script, Segment, Step, StepOperation
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.rehearsing.rehearsal import rehearse

ROWS = """
CREATE SCHEMA app;
CREATE TABLE app.t (id int, v text);
INSERT INTO app.t VALUES (1, 'hunter_two'), (2, 'hunter_two');
CREATE FUNCTION app.raises(text) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no %', $1 USING ERRCODE = '23514'; END $$;
CREATE FUNCTION app.asks(text) RETURNS text LANGUAGE plpgsql AS
$$ DECLARE r text; BEGIN EXECUTE 'SELECT ' || quote_ident($1) INTO r; RETURN r; END $$;
"""

FAILING = {
    "a value of another type": "ALTER TABLE app.t ALTER v TYPE int USING v::int",
    "a row that is there twice": "CREATE UNIQUE INDEX ON app.t (v)",
    "a row that a check refuses": "ALTER TABLE app.t ADD CHECK (v = 'other')",
    "no such relation": "ALTER TABLE app.t ALTER v TYPE regclass USING v::regclass",
    "no such type": "ALTER TABLE app.t ALTER v TYPE regtype USING v::regtype",
    "no such function": "ALTER TABLE app.t ALTER v TYPE regproc USING v::regproc",
    "no such role": "ALTER TABLE app.t ALTER v TYPE regrole USING v::regrole",
    "no such column": "ALTER TABLE app.t ALTER v TYPE xml USING query_to_xml('SELECT ' || v, true, true, '')",
    "a function that raises": "ALTER TABLE app.t ALTER v TYPE text USING app.raises(v)",
    "a function that asks": "ALTER TABLE app.t ALTER v TYPE text USING app.asks(v)",
    "a key that is not there": "CREATE TABLE app.k (v text PRIMARY KEY); "
    "ALTER TABLE app.t ADD FOREIGN KEY (v) REFERENCES app.k",
    "no such time zone": "ALTER TABLE app.t ALTER v TYPE timestamp USING now() AT TIME ZONE v",
    "no JSON": "ALTER TABLE app.t ALTER v TYPE jsonb USING v::jsonb",
}


@pytest.mark.parametrize("statement", FAILING.values(), ids=FAILING)
def test_a_value_is_not_told(server17: ScratchServer, fresh_database: Callable[..., str], statement: str) -> None:
    url = fresh_database(server17)
    with psycopg.connect(url) as connection:
        connection.execute(ROWS.encode())
    steps = tuple(Step(Sql(one), StepOperation.RUN, "statement", "x") for one in statement.split("; "))
    failure = rehearse(Script((Segment(steps),)), url, conceal=True)
    assert failure is not None
    assert "hunter" not in str(failure)
    assert failure.sqlstate in str(failure)


def test_what_a_statement_says_is_told(server17: ScratchServer, fresh_database: Callable[..., str]) -> None:
    steps = (Step(Sql("SELECT * FROM nowhere"), StepOperation.RUN, "statement", "x"),)
    failure = rehearse(Script((Segment(steps),)), fresh_database(server17), conceal=True)
    assert failure is not None and 'relation "nowhere" does not exist [42P01]' in str(failure)
