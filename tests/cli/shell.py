"""A project's folder and its commands, as a user would type them."""

import json
from itertools import pairwise

import psycopg
from click.testing import CliRunner, Result

from review.valid import errors
from schemadiff.cli.main import cli
from schemadiff.cli.output_schemas import output_schema
from schemadiff.cli.settings.options import Session

BEFORE = """
CREATE SCHEMA app;
CREATE TABLE app.customer (id bigint PRIMARY KEY, email text NOT NULL, fax text);
INSERT INTO app.customer SELECT n, 'c' || n || '@example.com', NULL FROM generate_series(1, 50) AS n;
"""

DESIRED = """
CREATE SCHEMA app;
CREATE TABLE app.customer (id bigint PRIMARY KEY, email text, fax text, seen_at timestamptz);
CREATE INDEX customer_email ON app.customer (email);
"""

BACKFILL = """
-- @backfill table=app.customer key=id batch=20
UPDATE app.customer SET seen_at = now() WHERE :batch AND seen_at IS NULL;
"""

CHECK = """
-- @check name=everybody_was_seen
SELECT count(*) = 0 AS ok FROM app.customer WHERE seen_at IS NULL;
"""


class Shell:
    """Runs schemadiff in a project's folder against one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.variables: dict[str, str] = {}

    def __call__(self, *arguments: str, code: int = 0, answer: str | None = None) -> Result:
        session = Session(variables={"DATABASE_URL": self.url, **self.variables})
        result = CliRunner().invoke(cli, arguments, obj=session, input=answer)
        assert result.exit_code == code, result.output
        if ("--format", "json") in pairwise(arguments):
            document = json.loads(result.stdout)
            schema = output_schema(document["command"])
            assert list(errors(document, schema, schema)) == []
        return result

    def plan(self, *arguments: str) -> str:
        """Make a plan and return its directory, which alone stands on stdout."""
        return self("plan", *arguments).stdout.strip()

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(sql.encode())

    def scalar(self, sql: str) -> object:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(sql.encode()).fetchone()
            assert row is not None
            return row[0]
