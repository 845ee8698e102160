"""A plan that was reviewed for a small table meets a large one."""

from .conftest import SHOP
from .shell import Shell


def test_what_would_lock_a_large_table_is_made_again(shop: Shell) -> None:
    """apply refuses and says what would wait; made again, the plan takes the form for large tables, and runs."""
    shop.write("desired_schema/shop.sql", SHOP.replace("full_name text", "full_name varchar(90)"))
    reviewed = shop.plan("--name", "shorter")
    shop.execute("INSERT INTO shop.customer SELECT n, 'name ' || n FROM generate_series(21, 60000) AS n")
    shop.execute("ANALYZE shop.customer")

    for arguments in (["--auto-approve"], ["--dry-run"]):
        refused = shop("apply", reviewed, *arguments, code=3).stderr
        assert "shop.customer (about 20 rows" in refused and "is now shop.customer (about 60 k rows" in refused
        assert "reads and writes of shop.customer wait while it is rewritten" in refused
        assert "schemadiff rebase" in refused
    assert shop.rows("SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = 'schemadiff'") == [(0,)]

    made_again = shop("rebase", reviewed, code=0).stdout.strip().splitlines()[-1]
    shop("apply", made_again, "--auto-approve")
    assert shop.rows("SELECT count(DISTINCT full_name) FROM shop.customer") == [(60000,)]


def test_a_rollback_is_not_held_back(shop: Shell) -> None:
    """What has grown since apply is rolled back in the form that was reviewed; what only adds is not asked."""
    shop.write(
        "desired_schema/shop.sql", SHOP.replace("full_name text NOT NULL", "full_name varchar(90) NOT NULL, note text")
    )
    plan = shop.plan("--name", "shorter")
    shop("apply", plan, "--auto-approve")
    shop.execute("INSERT INTO shop.customer SELECT n, 'name ' || n FROM generate_series(21, 60000) AS n")
    shop.execute("ANALYZE shop.customer")
    shop("rollback", plan, "--auto-approve")
    assert shop.rows("SELECT count(*) FROM shop.customer") == [(60000,)]
