"""Bodies of routines and checks are tried before a plan is written: what cannot run is named with its place."""

from pathlib import Path

import pytest

from .shell import DESIRED, Shell

BODIES = """
CREATE FUNCTION app.total() RETURNS bigint LANGUAGE sql AS 'SELECT sum(amount) FROM app.customer';
CREATE FUNCTION app.typo() RETURNS int LANGUAGE plpgsql AS $$ BEGIN retrun 1; END $$;
CREATE PROCEDURE app.sweep() LANGUAGE sql AS 'DELETE FROM customer WHERE fax IS NULL';
CREATE FUNCTION app.old() RETURNS TABLE (email text) LANGUAGE sql SET search_path = app AS 'SELECT email FROM customer';
CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  new.seen_at := now();
  new.changed_at := now();
  RETURN new;
END $$;
CREATE TRIGGER stamp BEFORE DELETE ON app.customer FOR EACH ROW EXECUTE FUNCTION app.stamp();
"""

FIND = """
{%- macro find(function, table, key) -%}
CREATE FUNCTION {{ function | qname }}(p_key bigint) RETURNS {{ table | qname }} LANGUAGE plpgsql AS $$
BEGIN
  IF p_key IS NOT NULL THEN
    RETURN (SELECT * FROM {{ table | qname }} WHERE {{ key | ident }} = p_key);
  END IF;
  RETURN NULL;
END $$;
{%- endmacro %}
"""

SOUND = """
CREATE TYPE app.mood AS ENUM ('good', 'bad');
CREATE FUNCTION app.sound(given int, INOUT text, mood app.mood DEFAULT 'good') LANGUAGE plpgsql AS $_$
<<whole>>
DECLARE
  n int NOT NULL := 1; r record; one record; c app.customer; feeling app.mood; copy ALIAS FOR $1;
  walk CURSOR (least int) FOR SELECT * FROM customer WHERE id > least;
  numbers int[] = ARRAY[(SELECT count(*) FROM app.customer)];
BEGIN
  SELECT * INTO STRICT c FROM app.customer WHERE id = sound.given + copy LIMIT 1;
  SELECT count(*), max(email) AS last INTO one FROM app.customer;
  FOR r IN SELECT id FROM app.customer LOOP n := n + r.id; numbers[n] := one.count; END LOOP;
  FOR r IN SELECT email FROM app.customer LOOP $2 := $2 || r.email || one.last; END LOOP;
  <<steps>> FOR i IN REVERSE n..1 BY 2 LOOP CONTINUE steps WHEN i = whole.n; END LOOP steps;
  FOR row_of IN walk(3) LOOP c.fax := row_of.fax; END LOOP;
  FOREACH n IN ARRAY numbers LOOP RAISE NOTICE '% of %', n, c.id USING HINT = 'a' || n; END LOOP;
  CASE n WHEN 1, 2 THEN feeling := 'bad'; ELSE NULL; END CASE;
  IF CASE_OF(n) THEN NULL; END IF;
  CREATE TEMP TABLE noted (id bigint);
  INSERT INTO noted SELECT id FROM app.customer RETURNING id INTO n;
  EXECUTE format('CREATE TABLE app.%I ()', 'made'); PERFORM FROM app.made;
  IF to_regclass('app.perhaps') IS NOT NULL THEN DELETE FROM app.perhaps; END IF;
  BEGIN
    PERFORM cron.schedule('x', n::text);
  EXCEPTION WHEN undefined_function OR invalid_schema_name THEN
    RAISE NOTICE '%', sqlerrm;
  END;
END $_$;
CREATE FUNCTION app.case_of(int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 > 0';
CREATE FUNCTION app.first(anyarray) RETURNS anyelement LANGUAGE plpgsql AS 'BEGIN RETURN $1[1]; END';
"""


def test_bodies_that_cannot_run_are_refused(shell: Shell, project: Path) -> None:
    (project / "desired_schema/app.sql").write_text(DESIRED + BODIES)
    (project / "templates").mkdir(exist_ok=True)
    (project / "templates/find.sql.j2").write_text(FIND)
    (project / "desired_schema/find.sql.j2").write_text(
        '{% from "find.sql.j2" import find %}\n{{ find("app.find", "app.customer", "id") }}\n'
    )
    told = shell("plan", "--allow", "data-loss", code=3).stderr
    assert 'desired_schema/app.sql:6:72: function app.total(): column "amount" does not exist' in told
    assert "desired_schema/app.sql:7:69: function app.typo(): syntax error" in told
    assert 'desired_schema/app.sql:13:3: function app.stamp(): record "new" has no field "changed_at"' in told
    assert "desired_schema/find.sql.j2:2:1 (templates/find.sql.j2:6:12): function app.find(bigint): subquery" in told
    assert told.count("app.sql:") == 3
    assert not (project / "plans").exists()
    plan = shell.plan("--allow", "invalid-body")
    assert "invalid-body" in (Path(plan) / "review.md").read_text()
    shell("apply", plan, "--auto-approve", code=3)
    shell("apply", plan, "--auto-approve", "--allow", "invalid-body")


def test_sound_bodies_are_no_fault(shell: Shell, project: Path) -> None:
    """What is made as the body runs, or guarded, or of any type, is said to be parsed only."""
    (project / "desired_schema/app.sql").write_text(DESIRED + SOUND)
    plan = Path(shell.plan())
    assert "could be tried without calling them: function app.first(anyarray), function app.sound(" in (
        (plan / "review.md").read_text()
    )


def test_routines_that_stay_are_refused_if_the_change_breaks_them(shell: Shell, project: Path) -> None:
    staying = """
CREATE FUNCTION app.faxes() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(fax) FROM app.customer);
END $$;
CREATE FUNCTION app.alike(word text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT count(*) FROM app.customer WHERE email LIKE word); END $$;
CREATE FUNCTION app.broken() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT nothing FROM nowhere); END $$;
"""
    shell.execute("SET check_function_bodies = off;" + staying)
    desired = DESIRED.replace(", fax text", "").replace("email text", "email bytea") + staying
    (project / "desired_schema/app.sql").write_text(desired)
    told = shell("plan", "--allow", "data-loss", code=3).stderr
    assert 'app.sql:8:10: function app.faxes(), which stays as it is: column "fax" does not exist' in told
    assert "function app.alike(text), which stays as it is: operator does not exist: bytea ~~ text" in told
    assert "broken" not in told
    assert "is invalid-body" not in told


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT seen AS ok FROM app.customer", 'cannot run: column "seen" does not exist'),
        ("SELECT true AS fine", "returns no column named ok"),
        ("SELECT 1 AS ok", "returns a column ok that is not a boolean"),
    ],
)
def test_checks_that_cannot_run_are_refused(shell: Shell, project: Path, sql: str, problem: str) -> None:
    (project / "desired_schema/checks/more.sql").write_text(f"-- @check name=more\n{sql};\n")
    told = shell("plan", code=1).stderr
    assert f"checks/more.sql:2:1: check more {problem}" in told
    assert not (project / "plans").exists()


def test_checks_that_may_hold_on_rows_are_no_fault(shell: Shell, project: Path) -> None:
    """There are no rows where they are tried: neither what they find nor errors about values count."""
    (project / "desired_schema/checks/more.sql").write_text(
        "-- @check name=some\nSELECT 1 / count(*) > 0 AS ok FROM app.customer;\n"
        "-- @check name=gone raises=42P01\nSELECT * FROM app.nobody;\n"
    )
    shell.plan()
