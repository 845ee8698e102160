"""A planner that is wrong in one place is caught by the proof, which says where."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from schemadiff.plans.model import BothWays, Script
from schemadiff.scratch.server import ScratchServer

from .ground import Ground, changed, ground, spelled

BEFORE = """
CREATE SCHEMA app;
CREATE TABLE app.org (id bigint PRIMARY KEY, name text);
CREATE TABLE app.member (id bigint PRIMARY KEY, org bigint, mood text, old text DEFAULT 'x');
CREATE INDEX member_mood ON app.member (mood);
CREATE FUNCTION app.greet(who text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'hello ' || who; END $$;
CREATE VIEW app.moods AS SELECT mood FROM app.member;
CREATE SEQUENCE app.numbers;
COMMENT ON TABLE app.org IS 'who pays';
GRANT SELECT ON app.org TO ground_reader;
"""
AFTER = """
CREATE SCHEMA app;
CREATE TYPE app.rank AS ENUM ('low', 'high');
CREATE TABLE app.org (id bigint PRIMARY KEY, name text NOT NULL, rank app.rank DEFAULT 'low');
CREATE TABLE app.member (
    id bigint PRIMARY KEY, org bigint, mood text COLLATE "C", joined timestamptz DEFAULT now(),
    points integer DEFAULT 7,
    double integer GENERATED ALWAYS AS (2 * 21) STORED,
    CONSTRAINT member_org FOREIGN KEY (org) REFERENCES app.org ON DELETE CASCADE DEFERRABLE,
    CONSTRAINT member_points CHECK (points > 0)
);
ALTER TABLE app.member ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE app.member SET (fillfactor = 70);
CREATE POLICY reads ON app.member FOR SELECT TO ground_reader USING (points > 3);
CREATE INDEX member_mood ON app.member (mood DESC) WITH (fillfactor = 60) WHERE points > 1;
CREATE UNIQUE INDEX member_joined ON app.member (joined) INCLUDE (mood) NULLS NOT DISTINCT;
CREATE FUNCTION app.greet(who text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN RETURN 'good day ' || who; END $$;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touches BEFORE UPDATE OF mood ON app.member FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.member ENABLE ALWAYS TRIGGER touches;
CREATE VIEW app.moods WITH (security_invoker = true) AS SELECT mood, points FROM app.member WHERE points > 2;
CREATE MATERIALIZED VIEW app.totals AS SELECT org, sum(points) AS points FROM app.member GROUP BY org;
CREATE SEQUENCE app.numbers INCREMENT 5 CACHE 3;
CREATE VIEW app.moved AS SELECT 'here' AS place UNION ALL SELECT 'there';
CREATE TABLE app.parcel (state varchar(9) CONSTRAINT parcel_state CHECK (state IN ('sent', 'lost')));
CREATE DOMAIN app.email AS text CHECK (VALUE ~ '@');
COMMENT ON TABLE app.org IS 'who pays the bill';
COMMENT ON COLUMN app.member.points IS 'earned';
GRANT SELECT, INSERT ON app.org TO ground_reader;
GRANT UPDATE (mood) ON app.member TO ground_reader;
ALTER FUNCTION app.touch() OWNER TO ground_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO ground_reader;
"""

SPOILED = (
    ("up", "DEFAULT 7", "DEFAULT 8", "default value app.member.points: expression is 8, should be 7"),
    ("up", "DEFAULT 'low'", "DEFAULT 'high'", "default value app.org.rank: expression is 'high'::app.rank, should be"),
    ("up", "points integer", "points bigint", "column app.member.points: type is bigint, should be integer"),
    ("up", ' COLLATE pg_catalog."C"', "", 'column app.member.mood: collation is none, should be pg_catalog."C"'),
    ("up", "(2 * 21)", "(2 * 22)", "column app.member.double: expression is (2 * 22), should be (2 * 21)"),
    ("up", "fillfactor=70", "fillfactor=71", "table app.member: options is fillfactor=71, should be fillfactor=70"),
    ("up", " WITH (fillfactor='60')", "", "index app.member_mood: options is none, should be fillfactor=60"),
    ("up", "mood DESC", "mood", "index app.member_mood: definition differs"),
    ("up", "WHERE (points > 1)", "WHERE (points > 0)", "[-0-]{+1+}"),
    ("up", " INCLUDE (mood)", "", "{+INCLUDE (mood)"),
    ("up", " NULLS NOT DISTINCT", "", "{+ NULLS NOT DISTINCT+}"),
    ("up", "CREATE UNIQUE INDEX", "CREATE INDEX", "CREATE{+ UNIQUE+} INDEX"),
    ("up", " ON DELETE CASCADE", " ON DELETE SET NULL", "[-SET NULL-]{+CASCADE+}"),
    ("up", " DEFERRABLE NOT VALID", " NOT VALID", "deferrable is NOT DEFERRABLE, should be DEFERRABLE"),
    ("up", "CHECK ((points > 0))", "CHECK ((points >= 0))", "member_points ON app.member: definition is"),
    (
        "up",
        "USING ((points > 3))",
        "USING ((points > 4))",
        "policy reads ON app.member: USING is (points > 4), should",
    ),
    ("up", "FOR SELECT TO ground_reader", "FOR ALL TO ground_reader", "command is ALL, should be SELECT"),
    ("up", "FOR SELECT TO ground_reader", "FOR SELECT TO PUBLIC", "roles is PUBLIC, should be ground_reader"),
    ("up", " SECURITY DEFINER\n", "", "{+ SECURITY DEFINER"),
    ("up", "good day", "good bye", "RETURN 'good [-bye-]{+day+} ' ||"),
    ("up", "ENABLE ALWAYS", "DISABLE", "trigger touches ON app.member: state is disabled, should be enabled always"),
    ("up", "UPDATE OF mood ON", "UPDATE ON", "trigger touches ON app.member: definition differs"),
    ("up", "FORCE ROW", "NO FORCE ROW", "table app.member: forced row-level security is no, should be yes"),
    (
        "up",
        "security_invoker=true",
        "security_invoker=false",
        "view app.moods: options is security_invoker=false",
    ),
    ("up", "WHERE (points > 2)", "WHERE (points > 2) LIMIT 1", "view app.moods: definition differs"),
    ("up", "'there'::text", "'away'::text", "view app.moved: definition differs"),
    ("up", "UNION ALL", "UNION", "view app.moved: definition differs"),
    ("up", "'lost'::character varying", "'last'::character varying", "parcel_state ON app.parcel: definition differs"),
    ("up", "sum(points)", "max(points)", "[-max-]{+sum+}(points)"),
    ("up", "INCREMENT BY 5 CACHE 3", "INCREMENT BY 5", "sequence app.numbers: cache is 1, should be 3"),
    ("up", "'low', 'high'", "'high', 'low'", "enum app.rank: labels is (high, low), should be (low, high)"),
    ("up", "VALUE ~ '@'", "VALUE ~ 'a'", "domain constraint email_check ON DOMAIN app.email: definition is"),
    ("up", "the bill", "no bill", "comment TABLE app.org: text is who pays no bill, should be who pays the bill"),
    ("up", "GRANT INSERT ON TABLE app.org", "GRANT ALL ON TABLE app.org", "privilege TABLE app.org TO ground_reader"),
    ("up", "GRANT INSERT", "GRANT DELETE", "privileges is (DELETE, SELECT), should be (INSERT, SELECT)"),
    (
        "up",
        "GRANT UPDATE (mood)",
        "GRANT UPDATE (org)",
        "privilege COLUMN app.member.org TO ground_reader",
    ),
    (
        "up",
        "OWNER TO ground_owner",
        "OWNER TO ground_reader",
        "owner FUNCTION app.touch(): role is ground_reader",
    ),
    ("up", "GRANT SELECT ON TABLES", "GRANT INSERT ON TABLES", "default acl "),
    (
        "up",
        "CREATE DOMAIN app.email",
        "CREATE TABLE app.extra (); CREATE DOMAIN app.email",
        "table app.extra should not be",
    ),
    ("down", "INCREMENT BY 1 CACHE 1", "INCREMENT BY 1", "down, inspection: sequence app.numbers: cache is 3, should"),
    ("down", "DEFAULT 'x'", "DEFAULT 'y'", "down, inspection: default value app.member.old: expression is 'y'::text"),
    (
        "down",
        "'who pays'",
        "'who paid'",
        "comment TABLE app.org: text is who paid, should be who pays",
    ),
    ("down", "hello", "hallo", "RETURN '[-hallo-]{+hello+} ' ||"),
    ("down", "TYPE text", "TYPE varchar", "column app.member.mood: type is character varying, should be text"),
    ("down", "DROP COLUMN rank", "DROP COLUMN rank, DROP COLUMN name", "column app.org.name is missing"),
    ("down", "REVOKE INSERT", "REVOKE ALL", "privilege TABLE app.org TO ground_reader is missing (SELECT)"),
)
"""One place of one script spoiled, and what the proof says of it."""


@pytest.fixture(scope="module")
def pair(server17: ScratchServer) -> Iterator[Ground]:
    """A plan with something of every kind."""
    with ground(server17, BEFORE, AFTER) as made:
        yield made


def test_the_plan_itself_holds(pair: Ground) -> None:
    assert pair.prove(pair.made).objections == ()


@pytest.mark.parametrize(("direction", "old", "new", "words"), SPOILED)
def test_one_wrong_word_is_caught(pair: Ground, direction: str, old: str, new: str, words: str) -> None:
    spoiled = spelled(getattr(pair.made, direction), old, new)
    proof = pair.prove(replace(pair.made, **{direction: spoiled}))
    assert not proof.holds
    assert words in "\n".join(proof.objections)


def _nothing(made: BothWays) -> BothWays:
    return replace(made, down=Script(()))


def _backwards(made: BothWays) -> BothWays:
    segments = tuple(replace(one, steps=one.steps[::-1]) for one in made.up.segments[::-1])
    return replace(made, up=Script(segments))


def _twice(made: BothWays) -> BothWays:
    return replace(made, up=Script((*made.up.segments, *made.up.segments)))


def _swapped(made: BothWays) -> BothWays:
    return BothWays(made.down, made.up)


def _forth_again(made: BothWays) -> BothWays:
    return replace(made, down=made.up)


def _type_last(made: BothWays) -> BothWays:
    """The type comes after the column that needs it."""
    (late,) = (step for step in made.up.steps if step.sql.startswith("CREATE TYPE"))
    rest = changed(made.up, lambda step: None if step is late else step)
    return replace(made, up=Script((*rest.segments, replace(rest.segments[0], steps=(late,)))))


@pytest.mark.parametrize("spoil", [_nothing, _backwards, _twice, _swapped, _forth_again, _type_last])
def test_a_wrong_order_or_direction_is_caught(pair: Ground, spoil: object) -> None:
    assert callable(spoil)
    assert not pair.prove(spoil(pair.made)).holds
