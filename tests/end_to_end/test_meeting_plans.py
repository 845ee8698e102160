"""Plans that wait for the same database: which of them go in either order, and which do not."""

import json

from .conftest import SHOP
from .shell import Shell

NOTES = "CREATE TABLE shop.note (id bigint PRIMARY KEY, body text);\n"


def test_status_names_plans_that_meet_and_apply_agrees(shop: Shell) -> None:
    shop.write("desired_schema/shop.sql", SHOP + NOTES)
    shop("apply", shop.plan("--name", "notes"), "--auto-approve")
    shop.write("desired_schema/shop.sql", SHOP.replace("text NOT NULL", "text NOT NULL, phone text") + NOTES)
    phone = shop.plan("--name", "phone")
    shop.write("desired_schema/shop.sql", SHOP + NOTES.replace("body text", "body text, at date"))
    shop.plan("--name", "dated")
    assert " meet in " not in shop("status").stdout

    view = "CREATE VIEW shop.people AS SELECT id, full_name FROM shop.customer;\n"
    shop.write("desired_schema/shop.sql", SHOP.replace("bigint", "numeric") + NOTES + view)
    wider = shop.plan("--name", "wider")
    met = json.loads(shop("status", "--format", "json").stdout)["meetings"]
    assert [(one["first"], one["second"]) for one in met] == [(phone.split("/")[-1], wider.split("/")[-1])]
    assert "column shop.customer.id" in met[0]["objects"]
    told = shop("status").stdout
    assert "_phone and " in told and "_wider meet in column shop.customer.id" in told and "schemadiff rebase" in told

    shop("apply", phone, "--auto-approve")
    shop("apply", "dated", "--auto-approve")
    assert "column shop.customer.phone" in shop("apply", wider, "--auto-approve", code=3).stderr
