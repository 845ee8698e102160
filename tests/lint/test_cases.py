"""Every rule in three prepared databases: it fires in two, and just misses in one."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

import psycopg
import pytest

from schemadiff.access.matrix import Access
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.surroundings import read_surroundings
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.catalog.surroundings import ForeignRelation
from schemadiff.errors import ConfigError
from schemadiff.lint.linting import Found, found_in
from schemadiff.lint.rule import Side, Statistics
from schemadiff.lint.rules import RULES
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server


class _Snippet(TypedDict, total=False):
    sql: str
    finds: list[str]
    superuser: bool


CASES: Mapping[str, Mapping[str, _Snippet]] = tomllib.loads(
    Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
)

PREPARED = ("first", "second", "misses")

ELSEWHERE = {
    "extension-in-public",
    "extension-versions-outdated",
    "insecure-queue-exposed-in-api",
    "pg-graphql-anon-table-exposed",
    "pg-graphql-authenticated-table-exposed",
    "unused-index",
}
"""Rules about what stands in no schema of its own, or in statistics; their cases stand below."""

WRAPPER = "CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere;"


@pytest.fixture(scope="module")
def platform() -> Iterator[ScratchServer]:
    """A server that begins as the platform does."""
    with scratch_server(17, "supabase") as server:
        yield server


@pytest.fixture(scope="module")
def found(platform: ScratchServer) -> Mapping[str, Found]:
    """What all rules find in each of the databases, by its name."""
    return {name: _found(platform, name) for name in PREPARED}


def _found(server: ScratchServer, prepared: str) -> Found:
    server.create_database(prepared, template=server.platform_template, owner="postgres")
    with psycopg.connect(server.superuser_url(prepared), autocommit=True) as admin:
        admin.execute(WRAPPER.encode())
        exposed = ",".join(f'"{rule}"' for rule in CASES)
        admin.execute(f"ALTER ROLE authenticator IN DATABASE {prepared} SET pgrst.db_schemas = '{exposed}'".encode())
        for rule, snippets in CASES.items():
            admin.execute(f'SET ROLE postgres; CREATE SCHEMA "{rule}"; SET search_path = "{rule}", extensions'.encode())
            admin.execute(("RESET ROLE;" if snippets[prepared].get("superuser") else "").encode() or b"SELECT")
            admin.execute(snippets[prepared]["sql"].encode())
    with psycopg.connect(server.url(prepared, "postgres"), autocommit=True) as connection:
        scope = Scope.of("supabase")
        return found_in(Side(Access(inspect(connection, scope), read_surroundings(connection, scope))))


def test_every_rule_has_cases() -> None:
    assert {rule.name for rule in RULES} == CASES.keys() | ELSEWHERE


@pytest.mark.parametrize("rule", CASES)
@pytest.mark.parametrize("prepared", PREPARED)
def test_a_rule(found: Mapping[str, Found], rule: str, prepared: str) -> None:
    schema = quote_ident(rule)
    objects = {
        f"{one.object.KIND} {one.object.identity}".replace(f"{schema}.", "")
        for known, one in found[prepared].values()
        if known.name == rule and f"{schema}." in one.object.identity
    }
    assert objects == set(CASES[rule][prepared].get("finds", []))
    assert bool(objects) == (prepared != "misses")


@pytest.fixture(scope="module")
def side(platform: ScratchServer) -> Side:
    """A database with an extension in public, and a table with indexes that anybody may read."""
    platform.create_database("elsewhere", template=platform.platform_template, owner="postgres")
    with psycopg.connect(platform.superuser_url("elsewhere"), autocommit=True) as admin:
        admin.execute(b"CREATE EXTENSION citext SCHEMA public; CREATE EXTENSION hstore SCHEMA extensions")
        admin.execute(b"CREATE TABLE public.t (id int PRIMARY KEY, a int, b int)")
        admin.execute(b"CREATE INDEX i ON public.t (a); CREATE UNIQUE INDEX u ON public.t (b)")
        admin.execute(b"GRANT SELECT ON public.t TO anon; ALTER TABLE public.t OWNER TO postgres")
        scope = Scope.of("supabase")
        return Side(Access(inspect(admin, scope), read_surroundings(admin, scope)))


def _objects(side: Side, rule: str) -> list[str]:
    return sorted(str(one.object.id) for known, one in found_in(side).values() if known.name == rule)


def test_extensions(side: Side) -> None:
    assert _objects(side, "extension-in-public") == ["extension citext"]
    assert _objects(side, "extension-versions-outdated") == []
    newer = Statistics(outdated_extensions={Quoted("hstore"): "9.9"})
    assert _objects(replace(side, statistics=newer), "extension-versions-outdated") == ["extension hstore"]


def test_unused_indexes(side: Side) -> None:
    unused = Statistics(unused_indexes=frozenset(map(Quoted, ("public.i", "public.u", "public.t_pkey"))))
    assert _objects(replace(side, statistics=unused), "unused-index") == ["index public.i"]
    assert _objects(replace(side, statistics=Statistics()), "unused-index") == []
    assert _objects(side, "unused-index") == []


@pytest.mark.parametrize(("role", "seen"), [("anon", ["table public.t"]), ("authenticated", [])])
def test_graphql(side: Side, role: str, seen: list[str]) -> None:
    rule = f"pg-graphql-{role}-table-exposed"
    assert _objects(side, rule) == []
    around = replace(side.access.surroundings, extensions=frozenset({Quoted("pg_graphql")}))
    assert _objects(Side(Access(side.catalog, around)), rule) == seen


@pytest.mark.parametrize(("exposed", "secured", "grantee", "found"), [
    ("pgmq_public", False, "anon", 1), ("pgmq_public", False, "", 1), ("public", False, "anon", 0),
    ("pgmq_public", True, "anon", 0), ("pgmq_public", False, "service_role", 0),
])  # fmt: skip
def test_queues(side: Side, exposed: str, secured: bool, grantee: str, found: int) -> None:
    queue = ForeignRelation("table", Quoted("postgres"), {Quoted(grantee): frozenset({"SELECT"})}, secured, False, {})
    around = side.access.surroundings
    around = replace(around, exposed=(Quoted(exposed),), relations={Quoted("pgmq.q_mail"): queue, **around.relations})
    assert len(_objects(Side(Access(side.catalog, around)), "insecure-queue-exposed-in-api")) == found


def test_findings_are_ignored_by_rule_and_name(side: Side) -> None:
    all_of_them = found_in(side)
    assert {name for name, *_ in all_of_them} - {name for name, *_ in found_in(side, ["extension-in-public"])} == {
        "extension-in-public"
    }
    assert found_in(side, ["rls-disabled-in-public:public.x*"]) == all_of_them
    assert len(found_in(side, ["rls_disabled_in_public:public.*"])) == len(all_of_them) - 1
    with pytest.raises(ConfigError, match="no rule 'no-primary-keys'; did you mean 'no-primary-key'"):
        found_in(side, ["no-primary-keys"])
