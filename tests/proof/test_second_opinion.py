"""migra's judgement: what it finds, what it does not hold against us, and what it cannot judge."""

from collections.abc import Callable

import psycopg
import pytest

from schemadiff.plans.model import Opinion
from schemadiff.proof.bundle import without_secrets
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.scratch.server import ScratchServer

ROLES = ("judged_first", "judged_second")
PARTITIONED = """
CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE TABLE r (id integer);
"""
KEY = "ALTER TABLE r ADD CONSTRAINT r_id_fkey FOREIGN KEY (id) REFERENCES p;"


@pytest.fixture
def judged(
    server17: ScratchServer, fresh_database: Callable[..., str], second_judge: SecondJudge
) -> Callable[[str, str], Opinion]:
    """The opinion on two databases made by SQL."""
    for role in ROLES:
        server17.create_role(role)

    def judge(first: str, second: str) -> Opinion:
        urls = [fresh_database(server17) for _ in range(2)]
        for url, sql in zip(urls, (first, second), strict=True):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(sql.encode())
        return second_judge.opinion(*urls)

    return judge


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            f"{PARTITIONED} {KEY}",
            f"{PARTITIONED} ALTER TABLE p DETACH PARTITION p1; {KEY}"
            "ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1)",
            id="keys that follow another one",
        ),
        pytest.param(
            "CREATE TABLE t (a integer); CREATE POLICY p ON t TO judged_first, judged_second",
            "CREATE TABLE t (a integer); CREATE POLICY p ON t TO judged_second, judged_first",
            id="order of roles",
        ),
        pytest.param(
            "CREATE TABLE t (a integer); ALTER TABLE t DROP COLUMN a", "CREATE TABLE t ()", id="table without columns"
        ),
    ],
)
def test_what_means_nothing_is_no_difference(judged: Callable[..., Opinion], first: str, second: str) -> None:
    opinion = judged(first, second)
    assert opinion.agrees, opinion.details


@pytest.mark.parametrize(
    ("first", "second", "statement"),
    [
        ("CREATE TABLE t (a integer)", "CREATE TABLE t (a bigint)", 'alter column "a" set data type bigint'),
        (PARTITIONED, f"{PARTITIONED} {KEY}", 'add constraint "r_id_fkey"'),
        (
            "CREATE TABLE t (a integer); CREATE POLICY p ON t TO judged_first",
            "CREATE TABLE t (a integer); CREATE POLICY p ON t TO judged_second",
            "to judged_second",
        ),
    ],
)
def test_a_difference_is_found(judged: Callable[..., Opinion], first: str, second: str, statement: str) -> None:
    opinion = judged(first, second)
    assert opinion.objects
    assert statement in "\n".join(opinion.details)


def test_where_migra_fails_it_abstains(judged: Callable[..., Opinion]) -> None:
    parents = "CREATE TABLE a (x integer); CREATE TABLE b (x integer); CREATE TABLE c () INHERITS (a, b)"
    opinion = judged(parents, parents)
    assert opinion.abstains
    assert not opinion.agrees and not opinion.objects
    assert opinion.details[0].startswith("migra itself fails (ProgrammingError: ")


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        (
            "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', api_key 'k''1', vault_key_id 'v')",
            "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', api_key '********', vault_key_id 'v')",
        ),
        (
            "CREATE USER MAPPING FOR joe SERVER s OPTIONS (\n    pin '12',\n    \"user\" 'joe'\n);\nOPTIONS (pin '1')",
            "CREATE USER MAPPING FOR joe SERVER s OPTIONS (\n    pin '********',\n    \"user\" 'joe'\n);\n"
            "OPTIONS (pin '1')",
        ),
        (
            "CREATE SUBSCRIPTION s CONNECTION 'host=h password=x' PUBLICATION p",
            "CREATE SUBSCRIPTION s CONNECTION '********' PUBLICATION p",
        ),
        ("ALTER ROLE joe PASSWORD 'x'", "ALTER ROLE joe PASSWORD '***'"),
        ("SELECT 'postgresql://joe:secret@host/db'", "SELECT 'postgresql://joe@host/db'"),
    ],
)
def test_no_secret_reaches_a_report(sql: str, shown: str) -> None:
    assert without_secrets(sql) == shown
