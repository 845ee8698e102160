"""Default privileges of live say nothing about what files declare; those that no file declares are revoked."""

from archive.project import Maker

OPENING = """
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
    ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO PUBLIC;
"""
APP = """
    CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY); CREATE SEQUENCE public.numbers;
    CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
"""
MAY = """
    SELECT concat_ws(' ', has_table_privilege('public', 'app.t', 'SELECT'),
        has_function_privilege('public', 'app.f()', 'EXECUTE'),
        has_sequence_privilege('public', 'public.numbers', 'USAGE'), (SELECT count(*) FROM pg_default_acl))
"""


def test_files_are_the_whole_of_them(project: Maker) -> None:
    shop = project(OPENING + APP)
    state = shop.state()
    assert shop.one(MAY) == "t f t 3"
    applied = shop.apply(APP + "CREATE TABLE app.more (id int)")
    assert shop.one(MAY) == "f t f 0"
    assert not shop.plan(APP + "CREATE TABLE app.more (id int)").up.segments
    applied.rollback()
    assert shop.one(MAY) == "t f t 3"
    assert shop.state() == state
