"""Advice reaches whoever reads a plan: at the terminal, in review.md, as JSON; and the plan goes its way."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.shell import Shell
from schemadiff.scratch.server import ScratchServer

DESIRED = """CREATE SCHEMA app;
CREATE TABLE app.customer (id bigint PRIMARY KEY);
CREATE TABLE app.order_item (id bigint PRIMARY KEY, customer bigint REFERENCES app.customer);
"""


def test_advice_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desired_schema" / "app").mkdir(parents=True)
    (tmp_path / "desired_schema" / "app" / "tables.sql").write_text(DESIRED)
    shell = Shell(fresh_database(server17))
    planned = shell("plan")
    place = "desired_schema/app/tables.sql:3:1"
    advice = (
        f"table constraint order_item_customer_fkey ON app.order_item ({place}): no index of app.order_item begins "
        "with (customer): deleting a row of app.customer, or changing its key, reads the whole table; "
        "CREATE INDEX ON app.order_item (customer);"
    )
    assert f"advice {advice}" in " ".join(planned.stderr.split())
    directory = planned.stdout.strip()
    review = Path(directory, "review.md").read_text()
    assert "\n## Advice\n" in review
    assert f"- **info** `table constraint order_item_customer_fkey ON app.order_item` in `{place}`: " in review
    found, *_ = json.loads(shell("show", directory, "--format", "json").stdout)["plan"]["advice"]
    assert (found["rule"], found["severity"], found["place"]) == ("unindexed-foreign-keys", "info", place)
    shell("apply", directory, "--auto-approve")
