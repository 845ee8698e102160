"""What refuses a plan before anything runs."""

import gzip
import json
from dataclasses import replace

import psycopg
import pytest

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.errors import (
    DriftRefused,
    ExecutionError,
    HazardRefused,
    PlanFileError,
    PreflightRefused,
    ProofRefused,
    Refused,
    ScriptChanged,
)
from schemadiff.plans.directory.reading import read_plan
from schemadiff.plans.model import Opinion, Segment
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import ADD_COLUMNS, DROP_REST, PROOF, Stage, state_of, step

NO_EMAIL = Preflight(
    "column public.contacts.email",
    Problem.of(ProblemKind.NULL, "email"),
    Sql("SELECT id FROM public.contacts WHERE email IS NULL"),
)


def untouched(case: Stage) -> None:
    """Assert that nothing ran and no ledger was made."""
    assert state_of(case.url) == case.plan.live
    assert case.value("SELECT to_regnamespace('schemadiff')") is None


def test_a_changed_script_is_refused(server17: ScratchServer, stage: StageMaker) -> None:
    """A byte more in either script, also in a header, is told by the file's name."""
    case = stage(server17)
    case.edit("down.sql", "-- hazards: none", "-- hazards: none ")
    with pytest.raises(ScriptChanged, match=r"down\.sql of .* changed after the plan was proven"):
        case.apply()
    untouched(case)


def test_only_the_approved_scripts_run(server17: ScratchServer, stage: StageMaker) -> None:
    """`approve` names the digest that the header shows."""
    case = stage(server17)
    approval = read_plan(case.directory).approval
    assert f"-- approve: {approval}\n" in (case.directory / "up.sql").read_text()
    with pytest.raises(ScriptChanged, match="0123 was approved"):
        case.apply(approve="0123")
    untouched(case)
    case.apply(approve=approval)


def test_drift_is_refused_by_name(server: ScratchServer, stage: StageMaker) -> None:
    """Every object that moved is named, and how to plan again."""
    case = stage(server)
    case.execute("CREATE VIEW public.stranger AS SELECT id FROM public.contacts")
    case.execute("ALTER TABLE public.contacts DROP COLUMN synced")
    with pytest.raises(DriftRefused) as refused:
        case.apply()
    message = str(refused.value)
    assert "  column public.contacts.synced is gone" in message
    assert "  view public.stranger is new" in message
    assert message.endswith("plan again: schemadiff plan --name touch")
    assert case.value("SELECT to_regnamespace('schemadiff')") is None


def test_drift_is_told_with_both_values(server17: ScratchServer, stage: StageMaker) -> None:
    """What an object was when the plan was made stands beside what it is now."""
    case = stage(server17)
    case.execute("ALTER TABLE public.contacts ALTER synced TYPE date")
    with pytest.raises(DriftRefused, match=r"contacts\.synced: type is date, was timestamp with time zone\n"):
        case.apply()


@pytest.mark.parametrize(
    "content", [None, b"", b"no gzip", gzip.compress(b'{"live": 1}', mtime=0), gzip.compress(b"{}", mtime=0)]
)
def test_drift_is_told_without_the_values_of_the_plan(
    server17: ScratchServer, stage: StageMaker, content: bytes | None
) -> None:
    """The file with the values is for words only."""
    case = stage(server17)
    path = case.directory / "states.json.gz"
    path.unlink() if content is None else path.write_bytes(content)
    case.execute("ALTER TABLE public.contacts ALTER synced TYPE date")
    with pytest.raises(DriftRefused, match=r"  column public\.contacts\.synced is different\n"):
        case.apply()


def test_values_that_the_plan_does_not_vouch_for_are_not_told(server17: ScratchServer, stage: StageMaker) -> None:
    """Nobody can make the gate say what was not there."""
    case = stage(server17)
    path = case.directory / "states.json.gz"
    forged = gzip.decompress(path.read_bytes()).replace(b"timestamp with time zone", b"money")
    path.write_bytes(gzip.compress(forged))
    case.execute("ALTER TABLE public.contacts ALTER synced TYPE date")
    with pytest.raises(DriftRefused, match=r"  column public\.contacts\.synced is different\n"):
        case.apply()


def test_the_desired_state_without_a_record_is_told_apart(server17: ScratchServer, stage: StageMaker) -> None:
    """A database that somebody else already migrated is not just drift."""
    case = stage(server17, up=[ADD_COLUMNS], down=[Segment(DROP_REST.steps[1:])])
    for one in ADD_COLUMNS.steps:
        case.execute(one.sql)
    with pytest.raises(DriftRefused, match="already is what plan 20261122T180000_touch leads to"):
        case.apply()


def test_a_rollback_is_refused_by_drift_too(server17: ScratchServer, stage: StageMaker) -> None:
    """What was built on the migration since then would be in the way."""
    case = stage(server17)
    case.apply()
    case.execute("CREATE VIEW public.later AS SELECT touched FROM public.contacts")
    with pytest.raises(DriftRefused, match=r"view public\.later is new"):
        case.rollback()


def test_rows_in_the_way_are_counted_and_listed(server: ScratchServer, stage: StageMaker) -> None:
    """A preflight refuses with object, number of rows and the query that lists them."""
    case = stage(server, preflights=[NO_EMAIL])
    case.execute("UPDATE public.contacts SET email = NULL WHERE id < 4")
    with pytest.raises(PreflightRefused) as refused:
        case.apply()
    assert (
        "  column public.contacts.email: 3 rows have no email; "
        "list them:\n    SELECT id FROM public.contacts WHERE email IS NULL\n"
    ) in str(refused.value)
    untouched(case)
    case.execute("UPDATE public.contacts SET email = ''")
    case.apply()


def test_preflights_of_the_rollback(server17: ScratchServer, stage: StageMaker) -> None:
    """The rollback asks its own questions before it touches anything."""
    case = stage(server17, down_preflights=[NO_EMAIL])
    case.apply()
    case.execute("UPDATE public.contacts SET email = NULL WHERE id = 4")
    with pytest.raises(PreflightRefused, match="1 row has no email"):
        case.rollback()
    assert state_of(case.url) == case.plan.desired


def test_a_preflight_cannot_write(server17: ScratchServer, stage: StageMaker) -> None:
    """A preflight is one query: nothing else gets near the server."""
    sql = Sql("SELECT 1; COMMIT; DROP TABLE public.contacts")
    case = stage(server17, preflights=[replace(NO_EMAIL, rows=sql)])
    with pytest.raises(PlanFileError, match="is not one query"):
        case.apply()
    untouched(case)


def test_hazards_must_be_allowed(server17: ScratchServer, stage: StageMaker) -> None:
    """Data loss is refused unless it is named; other hazards pass."""
    loss = step(
        "ALTER TABLE public.contacts DROP COLUMN synced",
        "column public.contacts.synced",
        Hazard.DATA_LOSS,
        Hazard.BREAKS_CLIENTS,
    )
    case = stage(server17, up=[Segment((loss,))], down=[])
    with pytest.raises(HazardRefused, match=r"--allow data-loss$"):
        case.apply()
    untouched(case)
    case.apply(allow=frozenset({Hazard.DATA_LOSS}))


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        (None, "was never proven"),
        (replace(PROOF, down=(Opinion("migra", False, ("ALTER TABLE x",)),)), "migra: ALTER TABLE x"),
    ],
)
def test_only_proven_plans_run(server17: ScratchServer, stage: StageMaker, proof: object, message: str) -> None:
    """A plan without a proof that holds runs only when the caller waives it."""
    case = stage(server17, proof=proof)
    with pytest.raises(ProofRefused, match=message):
        case.apply()
    untouched(case)
    case.apply(proof_required=False)


def test_a_plan_of_another_format_is_refused(server17: ScratchServer, stage: StageMaker) -> None:
    """A reader never guesses what a newer writer meant."""
    case = stage(server17)
    path = case.directory / "plan.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(PlanFileError, match="format 99, this schemadiff reads format 2: use"):
        case.apply()


def test_what_was_not_applied_is_not_taken_back(server17: ScratchServer, stage: StageMaker) -> None:
    """Rollback of a plan that this database never saw."""
    case = stage(server17)
    with pytest.raises(Refused, match="was never applied to this database"):
        case.rollback()
    untouched(case)


def test_missing_rights_to_keep_a_ledger(server17: ScratchServer, stage: StageMaker) -> None:
    """A role that may not create the ledger's schema is told what it needs."""
    server17.create_role("guest", "LOGIN")
    case = stage(server17)
    database = psycopg.conninfo.conninfo_to_dict(case.url)["dbname"]
    guest = Stage(server17.url(str(database), "guest"), case.directory, case.plan)
    with pytest.raises(ExecutionError, match="may not create schema schemadiff"):
        guest.apply()
    untouched(case)
