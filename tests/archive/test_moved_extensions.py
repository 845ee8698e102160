"""An extension moves to another schema with its types: the columns of these move along, rows and all."""

from archive.project import Maker

APP = """
    CREATE EXTENSION citext SCHEMA {0}; CREATE EXTENSION hstore SCHEMA {0};
    CREATE SCHEMA app;
    CREATE TABLE app.t (id int PRIMARY KEY, mail {0}.citext UNIQUE, more {0}.hstore DEFAULT 'a=>1');
    CREATE INDEX t_more ON app.t USING gin (more);
    CREATE VIEW app.v AS SELECT more OPERATOR({0}.->) 'a' AS a FROM app.t;
"""
ROWS = "INSERT INTO app.t (id, mail) VALUES (1, 'A@b'), (2, NULL)"


def test_columns_of_its_types_move_along(project: Maker) -> None:
    shop = project("CREATE SCHEMA old;" + APP.format("old") + ROWS)
    state, rows = shop.state(), shop.rows()
    applied = shop.apply("CREATE SCHEMA new;" + APP.format("new") + "CREATE TABLE app.more (id int)")
    written = [step.sql for step in applied.plan.up.steps]
    assert not [sql for sql in written if "ALTER COLUMN" in sql or "DROP TABLE" in sql], written
    assert shop.rows()["app.t"] == rows["app.t"]
    applied.rollback()
    assert (shop.state(), shop.rows()) == (state, rows)
