"""What was approved is what runs: whoever writes to a plan's directory changes nothing of it unnoticed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import schemadiff
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.desired.data_steps.steps import Check
from schemadiff.errors import ApprovalMissing, HazardRefused, PlanFileError, Refused, ScriptChanged
from schemadiff.execution.approvals.approvers import require_approvals
from schemadiff.execution.events import Event
from schemadiff.execution.gates.admission import admitted
from schemadiff.execution.run_options import RunOptions
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.approval import approval_of, tokens
from schemadiff.plans.directory.reading import PlanFile, read_plan
from schemadiff.plans.directory.rereading import scripts_as_they_stand
from schemadiff.plans.directory.serialization import text_sha
from schemadiff.plans.model import Plan, Script, Segment
from schemadiff.review.unchanged import refuse_other_review
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .signers import Signers, with_ssh_keygen
from .stage import UP as STAGED
from .stage import Stage, state_of, step

MARK = "-- ---- script ----\n"

DROP = step("ALTER TABLE public.contacts DROP COLUMN synced", "column public.contacts.synced", Hazard.DATA_LOSS)

PREFLIGHT = Preflight(
    "column public.contacts.email",
    Problem.of(ProblemKind.NULL, "email"),
    Sql("SELECT * FROM public.contacts WHERE email IS NULL"),
)


@pytest.fixture
def reviewed(server17: ScratchServer, stage: StageMaker) -> Stage:
    """A plan with a backfill, a check, a preflight and a hazard on disk, with its review."""
    case = stage(
        server17,
        up=[replace(STAGED[0], steps=(*STAGED[0].steps, DROP)), *STAGED[1:]],
        preflights=[PREFLIGHT],
        checks=[Check("rows", Sql("SELECT count(*) = 25 AS ok FROM public.contacts"))],
    )
    return Stage(case.url, schemadiff.write(case.plan, case.directory.parent / "reviewed"), case.plan)


def rewrite(case: Stage, name: str, edit: Callable[[str], str], *, stamped: bool = True) -> None:
    """Edit a file as somebody does who knows how plan.json vouches for the scripts."""
    path, plan = case.directory / name, case.directory / "plan.json"
    path.write_text(edit(path.read_text()))
    if stamped and name.endswith(".sql"):
        document = json.loads(plan.read_text())
        document["scripts"][name] = text_sha(path.read_text())
        plan.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def edit_plan(case: Stage, edit: Callable[[dict[str, object]], None]) -> None:
    """Edit plan.json as data, with its own digest as somebody does who can compute it."""
    path = case.directory / "plan.json"
    document = json.loads(path.read_text())
    edit(document["plan"])
    path.write_text(json.dumps(document))
    document["approval"] = read_plan(case.directory).approval
    path.write_text(json.dumps(document))


def approved(case: Stage, directory: Path | None = None) -> RunOptions:
    """What runs exactly the plan of the stage."""
    return RunOptions(approve=read_plan(directory or case.directory).approval, allow=frozenset(Hazard))


HEADERS = [
    "INSERT INTO public.contacts VALUES (-1);\n",
    "/* */ DELETE FROM public.contacts;\n",
    "/*\n*/\n",
    "\\! touch /tmp/never\n",
    "-- a comment that ends here\rDELETE FROM public.contacts;\n",
    " ;\n",
]


@pytest.mark.parametrize("header", HEADERS)
def test_nothing_stands_above_the_mark(reviewed: Stage, header: str) -> None:
    given = approved(reviewed)
    rewrite(reviewed, "up.sql", lambda text: text.replace(MARK, header + MARK))
    with pytest.raises(ScriptChanged, match=r"up\.sql:\d+: .* stands above the line"):
        schemadiff.apply(reviewed.directory, reviewed.url, given)
    with pytest.raises(ScriptChanged):
        schemadiff.apply(reviewed.directory, reviewed.url)
    assert state_of(reviewed.url) == reviewed.plan.live


BODIES = [
    ("up.sql", lambda text: text.replace("BEGIN;", "BEGIN;\nDELETE FROM public.contacts;", 1)),
    ("up.sql", lambda text: text.replace("SET LOCAL lock_timeout = '3s'", "SET LOCAL lock_timeout = '9h'", 1)),
    (
        "up.sql",
        lambda text: text.replace(
            "SET check_function_bodies", "SET session_replication_role = replica;\nSET check_function_bodies", 1
        ),
    ),
    ("up.sql", lambda text: text.replace("touched + 1", "touched + 2")),
    ("down.sql", lambda text: text.replace("DROP FUNCTION public.f()", "DROP FUNCTION public.f() CASCADE")),
    ("down.sql", lambda text: text + "\nGRANT ALL ON public.contacts TO PUBLIC;\n"),
]


@pytest.mark.parametrize(("name", "edit"), BODIES)
def test_no_statement_is_changed_or_added(reviewed: Stage, name: str, edit: Callable[[str], str]) -> None:
    given = approved(reviewed)
    rewrite(reviewed, name, edit)
    for options in (given, RunOptions(allow=frozenset(Hazard))):
        with pytest.raises(ScriptChanged):
            schemadiff.apply(reviewed.directory, reviewed.url, options)
    assert state_of(reviewed.url) == reviewed.plan.live


def _harmless(plan: dict[str, object]) -> None:
    for way in ("up", "down"):
        for segment in plan[way]["segments"]:  # type: ignore[index]
            for one in segment["steps"]:
                one["risks"] = []


EDITS: dict[str, Callable[[dict[str, object]], None]] = {
    "hazards": _harmless,
    "recovery": lambda plan: plan["up"]["segments"][0]["steps"][0].update(recovery="impossible"),  # type: ignore[index]
    "preflights": lambda plan: plan["up"].update(preflights=[]),  # type: ignore[attr-defined]
    "checks": lambda plan: plan.update(checks=[]),
    "another check": lambda plan: plan["checks"].append({"name": "x", "sql": "SELECT true AS ok"}),  # type: ignore[attr-defined]
    "backfill": lambda plan: plan["up"]["segments"][2]["backfill"].update(batch_size=1),  # type: ignore[index]
    "scope": lambda plan: plan["scope"].update(exclude=["*"]),  # type: ignore[attr-defined]
    "proof": lambda plan: plan["proof"]["up"].append({"judge": "migra", "agrees": False, "abstains": True}),  # type: ignore[index]
    "state": lambda plan: plan["live"]["objects"].pop("column public.contacts.synced"),  # type: ignore[index]
    "goal": lambda plan: plan["desired"]["objects"].pop("table public.contacts"),  # type: ignore[index]
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_nothing_that_counts_is_changed_in_the_plan(reviewed: Stage, edit: Callable[[dict[str, object]], None]) -> None:
    given = approved(reviewed)
    edit_plan(reviewed, edit)
    with pytest.raises(ScriptChanged, match="another plan than the approved one"):
        schemadiff.apply(reviewed.directory, reviewed.url, given)
    assert state_of(reviewed.url) == reviewed.plan.live


def test_a_plan_is_not_changed_unstamped_either(reviewed: Stage) -> None:
    """Who only edits plan.json is refused without an approval, too."""
    rewrite(reviewed, "plan.json", lambda text: text.replace('"data-loss"', '"table-rewrite"'))
    with pytest.raises(ScriptChanged, match=r"plan\.json of .* changed"):
        schemadiff.apply(reviewed.directory, reviewed.url)
    with pytest.raises(HazardRefused):
        schemadiff.apply(schemadiff.write(reviewed.plan, reviewed.directory.parent / "again"), reviewed.url)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: "# nothing happens\n",
        lambda text: text.replace("data-loss", "no hazard"),
        lambda text: text + "\n",
        lambda text: text.replace("schemadiff rollback ", "schemadiff rollback elsewhere/"),
    ],
)
def test_a_review_says_what_the_plan_does(reviewed: Stage, edit: Callable[[str], str]) -> None:
    given = approved(reviewed)
    rewrite(reviewed, "review.md", edit)
    with pytest.raises(ScriptChanged, match=r"review\.md of .* does not say what the plan does"):
        schemadiff.apply(reviewed.directory, reviewed.url, given)
    (reviewed.directory / "review.md").unlink()
    schemadiff.apply(reviewed.directory, reviewed.url, given)


def test_a_plan_may_move(reviewed: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands in a review name the folder that it was written to; it is read from anywhere."""
    given = approved(reviewed)
    there = reviewed.directory.parent.parent / "moved there"
    there.mkdir()
    moved = reviewed.directory.rename(there / reviewed.directory.name)
    monkeypatch.chdir(there)
    schemadiff.apply(Path(moved.name), reviewed.url, given)


def test_what_was_shown_is_what_runs(reviewed: Stage) -> None:
    """Files that change between the question and the answer change nothing."""

    def confirm(plan_file: PlanFile) -> None:
        for name in ("up.sql", "down.sql", "plan.json", "review.md"):
            (reviewed.directory / name).write_text("DELETE FROM public.contacts;")

    schemadiff.apply(reviewed.directory, reviewed.url, RunOptions(allow=frozenset(Hazard)), confirm=confirm)
    assert state_of(reviewed.url) == reviewed.plan.desired
    assert reviewed.value("SELECT count(*) FROM public.contacts") == 25


def test_another_plan_in_its_place_changes_nothing(reviewed: Stage) -> None:
    """A folder that is swapped between the question and the answer, as `git checkout` does."""
    worse = replace(reviewed.plan, name="worse", up=Script((Segment((DROP,)),)), desired=reviewed.plan.live)
    other = schemadiff.write(worse, reviewed.directory.parent)

    def confirm(plan_file: PlanFile) -> None:
        reviewed.directory.rename(reviewed.directory.with_name("elsewhere"))
        reviewed.directory.symlink_to(other)

    given = RunOptions(approve=read_plan(reviewed.directory).approval, allow=frozenset(Hazard))
    schemadiff.apply(reviewed.directory, reviewed.url, given, confirm=confirm)
    assert state_of(reviewed.url) == reviewed.plan.desired
    with pytest.raises(ScriptChanged):
        schemadiff.apply(reviewed.directory, reviewed.url, given)


def test_files_that_change_while_a_plan_runs_change_nothing(reviewed: Stage) -> None:
    """Neither the segments that come, nor the backfill's settings, nor the checks at the end."""

    def progress(event: Event) -> None:
        for name in ("up.sql", "down.sql", "plan.json", "states.json.gz"):
            (reviewed.directory / name).write_text("DELETE FROM public.contacts;")

    schemadiff.apply(reviewed.directory, reviewed.url, RunOptions(allow=frozenset(Hazard)), progress=progress)
    assert state_of(reviewed.url) == reviewed.plan.desired
    assert reviewed.value("SELECT count(*) FROM public.contacts") == 25


def test_a_rollback_is_what_was_shown_too(server17: ScratchServer, stage: StageMaker) -> None:
    case = stage(server17)
    given = RunOptions(allow=frozenset(Hazard))
    schemadiff.apply(case.directory, case.url, given)

    def confirm(plan_file: PlanFile) -> None:
        text = plan_file.down_text.replace("BEGIN;", "BEGIN;\nDELETE FROM public.contacts;", 1)
        (case.directory / "down.sql").write_text(text)

    before = case.value("SELECT count(*) FROM public.contacts")
    schemadiff.rollback(case.directory, case.url, given, confirm=confirm)
    assert case.value("SELECT count(*) FROM public.contacts") == before
    with pytest.raises(ScriptChanged):
        schemadiff.apply(case.directory, case.url, given)


def test_equal_plans_have_equal_digests(reviewed: Stage) -> None:
    """Whenever and wherever they were made, whatever else stands in the database, however the scripts are laid out."""
    plan, (up, down) = reviewed.plan, read_plan(reviewed.directory).bodies
    other = {"table public.other": "0123456789abcdef"}
    assert plan.proof is not None
    again = replace(
        plan,
        name="again",
        created_at=datetime(2027, 1, 1, tzinfo=UTC),
        target="postgresql://elsewhere/other",
        server_version=170004,
        live=replace(plan.live, fingerprint="x", objects=plan.live.objects | other),
        desired=replace(plan.desired, fingerprint="y", objects=plan.desired.objects | other),
        proof=replace(plan.proof, seconds=9.9, server="another"),
        unmanaged=("what", "ever"),
    )
    laid_out = up.replace("BEGIN;\n", "BEGIN  ;\n\n-- a comment\n/* another */\n")
    assert approval_of(again, laid_out, down) == approval_of(plan, up, down) == read_plan(reviewed.directory).approval


@with_ssh_keygen
def test_no_byte_of_a_signature_counts_unseen(reviewed: Stage, tmp_path: Path) -> None:
    """One byte after the other becomes another one: it approves this plan by this person, or nothing."""
    signers = Signers(tmp_path / "keys")
    file = schemadiff.approve(reviewed.directory, signers.key("ann")).file
    assert {path.name for path in reviewed.directory.iterdir()} == {
        "up.sql", "down.sql", "plan.json", "review.md", "states.json.gz", file.name,
    }  # fmt: skip
    plan_file, required = read_plan(reviewed.directory), signers.required(1, "ann")
    (before,) = require_approvals(plan_file, required)
    content = file.read_bytes()
    refused = 0
    for place in [*range(0, content.index(b"approved:"), 7), *range(content.index(b"approved:"), len(content), 400)]:
        file.write_bytes(content[:place] + (b"A" if content[place] != 65 else b"B") + content[place + 1 :])
        try:
            assert require_approvals(plan_file, required) == (before,), place
        except ApprovalMissing:
            refused += 1
    assert refused > 40


def test_no_byte_of_a_directory_counts_unseen(reviewed: Stage) -> None:
    """One byte after the other becomes another one: the plan is refused, or all that has an effect is what it was."""
    before = read_plan(reviewed.directory)
    given = RunOptions(approve=before.approval, allow=frozenset(Hazard))
    refused = accepted = 0
    for path in sorted(reviewed.directory.iterdir()):
        content = path.read_bytes()
        for place in range(0, len(content), 1 + len(content) // 150):
            for byte in (b"0", b"\n" if place % 2 else b"'"):
                path.write_bytes(content[:place] + byte + content[place + 1 :])
                try:
                    after, _ = admitted(reviewed.directory, Direction.UP, given)
                    refuse_other_review(after)
                except (Refused, PlanFileError):
                    refused += 1
                    continue
                accepted += 1
                assert _effect(after) == _effect(before), (path.name, place, byte)
        path.write_bytes(content)
    assert refused > 300
    assert accepted > 0


def _effect(plan_file: PlanFile) -> tuple[object, ...]:
    plan: Plan = plan_file.plan
    spelled = [
        [tokens(one.sql) for one in (*segment.settings, *segment.statements)]
        for direction in Direction
        for segment in plan_file.script(direction).segments
    ]
    scripts = scripts_as_they_stand(plan_file)
    steps = [
        [(tokens(one.sql), one.risks, one.recovery, one.object) for one in script.steps]
        for script in (scripts.up, scripts.down)
    ]
    preflights = [script.preflights for script in (plan.up, plan.down)]
    return plan_file.name, spelled, steps, preflights, plan.checks, plan.scope, plan.live.objects, plan.desired.objects
