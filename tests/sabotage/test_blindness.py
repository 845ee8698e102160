"""What our own code does not see is seen by the second judge, which shares none of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.difference import explanation
from schemadiff.difference.diff import Change, diff
from schemadiff.planning import planner
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.databases import ShadowDatabases

from .ground import ground

BEFORE = """
CREATE TABLE public.t (id integer PRIMARY KEY, a text, b integer);
CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE public.mood AS ENUM ('good');
"""
AFTER = """
CREATE TABLE public.t (id bigint PRIMARY KEY, a text NOT NULL, b integer CHECK (b > 0));
ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;
CREATE INDEX i ON public.t (a);
CREATE POLICY p ON public.t USING (b > 3);
CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE VIEW public.v AS SELECT a FROM public.t;
CREATE TYPE public.mood AS ENUM ('good', 'bad');
CREATE SEQUENCE public.s;
"""
BLIND = ("column", "table", "table constraint", "index", "policy", "function", "view", "enum", "sequence")


@pytest.mark.parametrize("kind", BLIND)
def test_a_diff_that_overlooks_a_kind_is_caught(
    server17: ScratchServer, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Planner and inspection agree that nothing is missing; migra does not."""

    def blind(live: Catalog, desired: Catalog) -> dict[Identity, Change]:
        return {identity: change for identity, change in diff(live, desired).items() if identity.kind != kind}

    with ground(server17, BEFORE, AFTER) as pair:
        monkeypatch.setattr(planner, "diff", blind)
        monkeypatch.setattr(explanation, "diff", blind)
        made = pair.plan()
        assert made != pair.made
        assert not pair.prove(made).holds


def test_an_inspection_that_misreads_is_caught(server17: ScratchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that reads the same everywhere hides every difference in it."""
    read: Callable[[ShadowDatabases, str], Catalog] = ShadowDatabases.read

    def misread(self: ShadowDatabases, database: str) -> Catalog:
        found = read(self, database)
        place = 1  # after the identity stands the type
        columns = {
            name: (*values[:place], "text", *values[place + 1 :]) for name, values in found.rows["column"].items()
        }
        return replace(found, rows=found.rows | {"column": columns}, _built={})

    monkeypatch.setattr(ShadowDatabases, "read", misread)
    plain = "CREATE TABLE public.t (a text)", "CREATE TABLE public.t (a varchar(5))"
    with ground(server17, *plain) as pair:
        assert not pair.made.up.steps
        assert not pair.prove(pair.made).holds
