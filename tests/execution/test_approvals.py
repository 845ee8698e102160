"""Signatures beside a plan: whose count, how often, and what is told of the others."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import schemadiff
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import ApprovalMissing, ConfigError, PlanFileError, ScriptChanged
from schemadiff.execution.approvals import signatures
from schemadiff.execution.approvals.approvers import RequiredApprovals, require_approvals
from schemadiff.execution.approvals.changed_words import changed_words
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.approval import approved_words
from schemadiff.plans.directory.reading import PlanFile, read_plan
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .signers import Signers, with_ssh_keygen
from .stage import Stage, run_and_kill, state_of

pytestmark = with_ssh_keygen


@pytest.fixture
def signers(tmp_path: Path) -> Signers:
    return Signers(tmp_path / "keys")


@pytest.fixture
def reviewed(server17: ScratchServer, stage: StageMaker) -> Stage:
    return stage(server17)


def sign(case: Stage, signers: Signers, *names: str) -> list[Path]:
    """The files of signatures by these people."""
    return [schemadiff.approve(case.directory, signers.key(name)).file for name in names]


def refusal(case: Stage, required: RequiredApprovals, plan_file: PlanFile | None = None) -> str:
    """What is said of a plan that too few approved."""
    with pytest.raises(ApprovalMissing) as refused:
        require_approvals(plan_file or read_plan(case.directory), required)
    return str(refused.value)


def names(case: Stage, required: RequiredApprovals) -> list[str]:
    return [approver.principal for approver in require_approvals(read_plan(case.directory), required)]


def test_a_plan_runs_once_enough_people_signed(server: ScratchServer, stage: StageMaker, signers: Signers) -> None:
    case, required = stage(server), signers.required(2, "ann", "ben", "cid")
    with pytest.raises(ApprovalMissing, match="has 0 of 2 approvals"):
        case.apply(approvals=required)
    sign(case, signers, "ben", "ben")
    with pytest.raises(ApprovalMissing, match="has 1 of 2 approvals that are required:\n  approved by ben\n"):
        case.apply(approvals=required)
    assert state_of(case.url) == case.plan.live
    sign(case, signers, "ann")
    case.apply(approvals=required)
    assert state_of(case.url) == case.plan.desired
    with pytest.raises(ApprovalMissing, match="has 2 of 3"):
        case.rollback(approvals=replace(required, count=3))
    case.rollback(approvals=required)
    runs = schemadiff.status(case.url)
    assert [runs.approvers[run.id] for run in runs.runs] == [("ann", "ben")] * 2
    assert case.value("SELECT count(*) FROM schemadiff.approval WHERE key ~ '^SHA256:'") == 4


def test_who_finishes_a_run_needs_approvals_too(reviewed: Stage, signers: Signers) -> None:
    run_and_kill(reviewed, "isinstance(event, SegmentFinished) and event.number == 2")
    for again in (reviewed.apply, reviewed.rollback):
        with pytest.raises(ApprovalMissing):
            again(approvals=signers.required(1, "ann"))
    sign(reviewed, signers, "ann")
    assert reviewed.apply(approvals=signers.required(1, "ann"))[0].resumed
    assert schemadiff.status(reviewed.url).approvers == {1: ("ann",)}


SAME_PERSON = [
    (["ann=old", "ann=new"], ["old", "new"], "ann"),
    (["Ann=old", "ann=new"], ["old", "new"], "Ann"),
    (["ann,boss=old", "ben,boss=new"], ["old", "new"], "ann"),
    (["*@example.com=old", "*@example.com=new"], ["old", "new"], "*@example.com"),
    (["ann=old", "ben=old"], ["old"], "ann"),
]


@pytest.mark.parametrize(("lines", "keys", "who"), SAME_PERSON, ids=str)
def test_a_person_counts_once(reviewed: Stage, signers: Signers, lines: list[str], keys: list[str], who: str) -> None:
    """By several keys, by several names for one key, by one name for several keys."""
    files = sign(reviewed, signers, *keys)
    (reviewed.directory / "approval-copy.sig").write_bytes(files[0].read_bytes())
    assert "has 1 of 2" in refusal(reviewed, signers.required(2, *lines))
    assert names(reviewed, signers.required(1, *lines)) == [who]


def test_chained_names_are_one_person(reviewed: Stage, signers: Signers) -> None:
    sign(reviewed, signers, "one", "two", "three")
    assert "has 1 of 2" in refusal(reviewed, signers.required(2, "a=one", "b=two", "a,b=three"))


def test_what_the_allowed_signers_say_holds(reviewed: Stage, signers: Signers) -> None:
    """Other namespaces, keys that are no longer valid, other keys."""
    sign(reviewed, signers, "ann")
    for line in ('ann namespaces="git"=ann', 'ann valid-before="20200101"=ann', "ann=other", "ann cert-authority=ann"):
        assert "is not from an allowed signer (key SHA256:" in refusal(reviewed, signers.required(1, line)), line
    for line in ('ann namespaces="schemadiff-approval"=ann', 'ann valid-after="20200101"=ann'):
        assert names(reviewed, signers.required(1, line)) == ["ann"], line
    for text in (b"", b"\xff\x00\n", b"ann ssh-ed25519\n", b"ann\n" * 10_000):
        assert "has 0 of 1" in refusal(reviewed, RequiredApprovals(1, text))


def test_names_are_safe_to_print(reviewed: Stage, signers: Signers) -> None:
    sign(reviewed, signers, "ann", "eve")
    text = "\x1b[2J::error::ann\x07 " + signers.public("ann") + "\n"
    (approver,) = require_approvals(read_plan(reviewed.directory), RequiredApprovals(1, text.encode()))
    assert approver.principal.isprintable() and not approver.principal.startswith("::")
    (reviewed.directory / "approval-\x1b]0;x\x07.sig").write_bytes(
        next(iter(reviewed.directory.glob("*.sig"))).read_bytes()
    )
    assert refusal(reviewed, signers.required(1, "ben")).replace("\n", "").isprintable()


def made_for_a_file(signers: Signers, digest: str) -> str:
    """A signature by ann of the same text, for another purpose."""
    command = ["ssh-keygen", "-Y", "sign", "-n", "file", "-f", signers.key("ann")]
    return subprocess.run(command, input=f"{digest}\n", capture_output=True, text=True, check=True).stdout


def test_files_that_are_no_signatures_count_for_nothing(reviewed: Stage, signers: Signers, tmp_path: Path) -> None:
    required, digest = signers.required(1, "ann"), read_plan(reviewed.directory).approval
    (good,) = sign(reviewed, signers, "ann")
    text, other = good.read_text(), text_of_another_digest(good)
    good.unlink()
    outside = tmp_path / "outside.sig"
    outside.write_text(text)
    forged = reviewed.directory / "approval-forged.sig"
    for content in (
        "",
        "digest: " + digest,
        text.partition("digest")[0],
        other,
        text.replace("\n", "\r\n"),
        "x" + text,
        text + "x",
        "\x00" * 100,
        text.replace("SSH SIGNATURE", "PGP SIGNATURE"),
        made_for_a_file(signers, digest) + text[text.index("digest: ") :],
        "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAf////8=\n-----END SSH SIGNATURE-----\n"
        + text[text.index("dig") :],
    ):
        forged.write_text(content)
        assert "has 0 of 1" in refusal(reviewed, required)
    forged.unlink()
    forged.symlink_to(outside)
    assert "has 0 of 1" in refusal(reviewed, required)
    forged.unlink()
    os.mkfifo(forged)
    assert "has 0 of 1" in refusal(reviewed, required)
    forged.unlink()
    forged.mkdir()
    assert "has 0 of 1" in refusal(reviewed, required)
    (reviewed.directory / "approval-good.sig").write_text(text)
    assert names(reviewed, required) == ["ann"]


def text_of_another_digest(path: Path) -> str:
    """The signature of this plan under the digest of another one."""
    return path.read_text().replace("digest: ", "digest: 0").replace("\napproved", "\napproved", 1)[:-1]


def test_there_is_a_limit(reviewed: Stage, signers: Signers, monkeypatch: pytest.MonkeyPatch) -> None:
    (good,) = sign(reviewed, signers, "ann")
    monkeypatch.setattr(signatures, "MOST_BYTES", good.stat().st_size - 1)
    assert "has 0 of 1" in refusal(reviewed, signers.required(1, "ann"))
    monkeypatch.setattr(signatures, "MOST_FILES", 3)
    for number in range(4):
        (reviewed.directory / f"approval-{number}.sig").write_text("")
    with pytest.raises(PlanFileError, match="holds 5 signatures: remove those"):
        require_approvals(read_plan(reviewed.directory), signers.required(1, "ann"))


def test_an_edited_plan_loses_its_approvals(reviewed: Stage, signers: Signers) -> None:
    """And it is told who had approved what, and which words changed since."""
    before = read_plan(reviewed.directory)
    files = sign(reviewed, signers, "ann", "ben")
    reviewed.edit("up.sql", "touched + 1", "touched + 2")
    with pytest.raises(ScriptChanged) as changed:
        reviewed.apply(approvals=signers.required(2, "ann", "ben"))
    words = "up.sql: 'touched = touched + 1' is now 'touched = touched + 2'"
    assert f"since it was approved as {before.approval:.12}:\n  {words}" in str(changed.value)
    after = read_plan(reviewed.directory)
    said = refusal(reviewed, signers.required(2, "ann", "ben"), after)
    for name in ("ann", "ben"):
        assert f"{name} approved {before.approval:.12}, before the plan was changed\n" in said
    assert said.count(words) == 1
    for file in files:  # words of another plan than the one that was signed are not told
        text = file.read_text()
        packed = text[text.index("approved:\n") :]
        file.write_text(text.replace(packed, packed[:40] + ("A" if packed[40] != "A" else "B") + packed[41:]))
    assert words not in refusal(reviewed, signers.required(2, "ann", "ben"), after)
    reviewed.edit("up.sql", "touched + 2", "touched + 1")
    reviewed.apply(approvals=signers.required(2, "ann", "ben"))


def test_what_changed_is_told_in_words(reviewed: Stage) -> None:
    plan_file = read_plan(reviewed.directory)
    plan, bodies = plan_file.plan, plan_file.bodies
    before = approved_words(plan, *bodies)
    step = plan.up.segments[0].steps[0]
    other = replace(plan.up.segments[0], steps=(replace(step, risks=()), *plan.up.segments[0].steps[1:]))
    changed = replace(
        plan,
        scope={**plan.scope, "exclude": ["*"]},
        up=replace(plan.up, segments=(other, *plan.up.segments[1:])),
        live=replace(plan.live, objects={**plan.live.objects, step.object: "another"}),
    )
    body = bodies[1].replace("DROP FUNCTION public.f()", "DROP FUNCTION public.f() CASCADE")
    said = changed_words(before, approved_words(changed, bodies[0], body))
    assert any(line.startswith("down.sql: 'CASCADE' is new, behind '. f ()'") for line in said), said
    assert "scope exclude: '*' is new" in said
    assert f"{step.object}: the state before or after" in said
    assert changed_words(before, before) == ()
    assert len(changed_words(before, approved_words(plan, "SELECT 1;" * 500, "\n".join(map(str, range(99)))))) <= 21
    for strange in ("", "[]", "{}", "[" * 100_000, json.dumps({"bodies": 1, "scripts": [], "states": 2})):
        assert changed_words(strange, before) == ("what was approved was written by another version of schemadiff",)


def test_a_plan_that_would_not_run_is_not_signed(reviewed: Stage, signers: Signers) -> None:
    case = Stage(reviewed.url, schemadiff.write(reviewed.plan, reviewed.directory.parent / "whole"), reviewed.plan)
    for name, old, new in (
        ("review.md", "# ", "# nothing happens "),
        ("up.sql", "touched + 1", "touched + 2"),
        ("plan.json", '"may-fail-on-data"', '"long-scan"'),
    ):
        content = (case.directory / name).read_text()
        if old in content:
            case.edit(name, old, new)
            with pytest.raises(ScriptChanged):
                sign(case, signers, "ann")
            (case.directory / name).write_text(content)
    with pytest.raises(ScriptChanged, match="another plan than the approved one"):
        schemadiff.approve(case.directory, signers.key("ann"), digest="0" * 64)
    assert not list(case.directory.glob("*.sig"))


def test_what_utf8_cannot_hold_is_signed_and_compared(reviewed: Stage, signers: Signers) -> None:
    """JSON can spell half a character, which whoever writes a plan may try."""
    path = reviewed.directory / "plan.json"
    document = json.loads(path.read_text())
    document["plan"]["checks"] = [{"name": "\ud800", "sql": "SELECT true AS ok"}]
    path.write_text(json.dumps(document))
    with pytest.raises(ScriptChanged):
        sign(reviewed, signers, "ann")
    document["approval"] = read_plan(reviewed.directory).approval
    path.write_text(json.dumps(document))
    sign(reviewed, signers, "ann")
    assert names(reviewed, signers.required(1, "ann")) == ["ann"]
    document["plan"]["checks"] = []
    path.write_text(json.dumps(document))
    assert "check: " in refusal(reviewed, signers.required(1, "ann"))


def test_keys_that_do_not_sign(reviewed: Stage, signers: Signers, tmp_path: Path) -> None:
    signers.key("ann")
    locked = str(tmp_path / "locked")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", locked], check=True)
    for key in (
        str(tmp_path / "none"),
        str(tmp_path),
        signers.public("ann"),
        locked,
    ):
        with pytest.raises(ConfigError, match=r"ssh-keygen made no signature with .*: .+; name the key with --key"):
            schemadiff.approve(reviewed.directory, key)


def test_without_ssh_keygen(reviewed: Stage, signers: Signers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither is one taken from a folder that only the working directory has."""
    required = signers.required(1, "ann")
    sign(reviewed, signers, "ann")
    trap = tmp_path / "ssh-keygen"
    trap.write_text("#!/bin/sh\necho ann\n")
    trap.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".:{os.curdir}/:")
    for ask in (
        lambda: schemadiff.approve(reviewed.directory, signers.key("ann")),
        lambda: reviewed.apply(approvals=required),
    ):
        with pytest.raises(ConfigError, match="ssh-keygen, which is not installed: install OpenSSH"):
            ask()
    monkeypatch.setenv("PATH", str(tmp_path))
    trap.write_text("#!/bin/sh\necho 'ssh-keygen: illegal option -- Y' >&2\nexit 1\n")
    with pytest.raises(ConfigError, match=r"cannot sign and verify texts: install OpenSSH 8\.2"):
        reviewed.apply(approvals=required)


def test_signatures_are_read_once(reviewed: Stage, signers: Signers) -> None:
    """What is taken away once the plan may run changes nothing, and so does what comes."""
    (file,) = sign(reviewed, signers, "ann")
    with pytest.raises(ApprovalMissing):
        schemadiff.apply(
            reviewed.directory,
            reviewed.url,
            schemadiff.RunOptions(approvals=signers.required(2, "ann", "ben"), allow=frozenset(Hazard)),
            confirm=lambda plan_file: sign(reviewed, signers, "ben") and None,
        )
    schemadiff.apply(
        reviewed.directory,
        reviewed.url,
        schemadiff.RunOptions(approvals=signers.required(1, "ann")),
        confirm=lambda plan_file: file.unlink(),
    )
    assert schemadiff.status(reviewed.url).approvers == {1: ("ann",)}


def test_a_rollback_is_signed_with_its_plan(reviewed: Stage, signers: Signers) -> None:
    """One signature is for both scripts: nobody gets around it by the way back."""
    sign(reviewed, signers, "ann")
    reviewed.apply(approvals=signers.required(1, "ann"))
    reviewed.edit("down.sql", "DROP FUNCTION public.f()", "DROP FUNCTION public.f() CASCADE")
    assert read_plan(reviewed.directory).script(Direction.DOWN)
    with pytest.raises(ScriptChanged, match=r"down\.sql: 'CASCADE' is new"):
        reviewed.rollback(approvals=signers.required(1, "ann"))
