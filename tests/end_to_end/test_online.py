"""New columns with a value for each row of a table in use: filled in batches, so that it is not rewritten."""

from .conftest import SHOP
from .shell import Shell

NUMBERS = """
CREATE FUNCTION shop.count_updates() RETURNS trigger LANGUAGE plpgsql AS '
  BEGIN NEW.updates := NEW.updates + 1; RETURN NEW; END';
CREATE SEQUENCE shop.free START 100;
CREATE TABLE shop.visit (a integer, b integer, updates integer NOT NULL DEFAULT 0, PRIMARY KEY (b, a)%s);
CREATE TRIGGER count_updates BEFORE UPDATE ON shop.visit FOR EACH ROW EXECUTE FUNCTION shop.count_updates();
"""
COLUMNS = """,
    token uuid NOT NULL DEFAULT gen_random_uuid(), seen text DEFAULT random(),
    number smallint GENERATED ALWAYS AS IDENTITY,
    tick serial, loose bigint NOT NULL DEFAULT nextval('shop.free')"""
VALUES = """SELECT count(*), count(DISTINCT token), count(DISTINCT seen), count(DISTINCT number), max(number),
    count(DISTINCT tick), min(loose), max(updates) FROM shop.visit"""


def test_rows_get_defaults_and_numbers_in_batches(shop: Shell) -> None:
    """Whatever another plan has done of the same, triggers see no update, and both ends are exact."""
    shop.execute(NUMBERS % "")
    shop.execute("INSERT INTO shop.visit SELECT n, -n FROM generate_series(1, 2500) AS n")
    schema = shop.dump()
    shop.write("desired_schema/shop.sql", SHOP + NUMBERS % COLUMNS)
    assert "in batches" not in shop("plan", "--no-proof").output, "a small table is rewritten at once"
    plan = shop.plan("--name", "numbers", "--online", "always")
    script = (shop.folder / plan / "up.sql").read_text()
    assert "ADD COLUMN token uuid;" in script and "table-rewrite" not in script
    for _ in range(2):
        shop("apply", plan, "--auto-approve")
        assert shop.rows(VALUES) == [(2500, 2500, 2500, 2500, 2500, 2500, 100, 0)]
        shop.execute("INSERT INTO shop.visit (a, b) VALUES (0, 0)")
        assert shop.rows("SELECT number, tick, loose FROM shop.visit WHERE a = 0") == [(2501, 2501, 2600)]
        shop("rollback", plan, "--auto-approve")
        shop.execute("DELETE FROM shop.visit WHERE a = 0; ALTER SEQUENCE shop.free RESTART")
        assert shop.dump() == schema
    shop.write("schemadiff.toml", 'online = "always"\n')
    other = shop.plan("--name", "again")
    shop("apply", other, "--auto-approve")
    assert shop.rows(VALUES) == [(2500, 2500, 2500, 2500, 2500, 2500, 100, 0)]
    assert shop("plan", "--exit-code").stdout == ""
