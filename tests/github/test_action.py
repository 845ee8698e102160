"""The action's jobs from push to comment to apply: a real repository, git, Postgres, and a stand-in for the API."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.scratch.server import ScratchServer

from .api import Repository, served

ROOT = Path(__file__).parents[2]
WORKFLOWS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "github.md").read_text(), re.DOTALL)
SCRIPTS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(), re.DOTALL)

BEFORE = "CREATE SCHEMA shop;\nCREATE TABLE shop.item (id bigint PRIMARY KEY, name text);\n"
AFTER = BEFORE.replace("name text", "name text, price numeric")


def read_yaml(text: str) -> Any:
    yaml = pytest.importorskip("ruamel.yaml", reason="YAML is read by what check-jsonschema brings along")
    return yaml.YAML(typ="safe").load(text)


@dataclass
class Job:
    """A runner: its folders, and what GitHub would tell it."""

    folder: Path
    repository: Repository
    steps: list[dict[str, Any]]
    number: int = 7
    runs: int = field(default=0)

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def git(self, *arguments: str) -> str:
        identity = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        names = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        ended = subprocess.run(
            ["git", *names, *arguments], cwd=self.checkout, env=os.environ | identity, capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def run(self, job: str, url: str = "", **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the shell steps of action.yml behind the installation."""
        self.runs += 1
        temp = self.folder / f"temp_{self.runs}"
        (temp / "schemadiff-venv" / "bin").mkdir(parents=True)
        shim = temp / "schemadiff-venv" / "bin" / "schemadiff"
        shim.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT / "src"} exec {sys.executable} -m schemadiff "$@"\n')
        shim.chmod(0o755)
        (temp / "schemadiff-venv" / "bin" / "python").symlink_to(sys.executable)
        event = temp / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": self.number}}))
        definition = read_yaml((ROOT / "action.yml").read_text())
        given = {name: str(one.get("default", "")) for name, one in definition["inputs"].items()}
        given |= {"job": job, "database-url": url, "token": "job-token"} | inputs
        known = {f"inputs.{name}": value for name, value in given.items()} | {"github.action_path": str(ROOT)}

        def filled(text: object) -> str:
            return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], str(text))

        variables = {"PATH": os.environ["PATH"], "HOME": str(self.folder)} | {
            "GITHUB_API_URL": self.repository.url,
            "GITHUB_REPOSITORY": "team/shop",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_RUN_ID": "1",
            "GITHUB_SHA": self.git("rev-parse", "HEAD"),
            "GITHUB_HEAD_REF": self.git("branch", "--show-current"),
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            "RUNNER_TEMP": str(temp),
        }
        (step,) = [one for one in definition["runs"]["steps"] if one.get("id") == "run"]
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.checkout / filled(step["working-directory"]),
            env=variables | {name: filled(value) for name, value in step["env"].items()},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def told(self, name: str) -> str:
        """What the last run wrote to its summary or its outputs."""
        path = self.folder / f"temp_{self.runs}" / name
        return path.read_text() if path.exists() else ""


@pytest.fixture
def live(server17: ScratchServer, fresh_database: Callable[..., str]) -> str:
    """A database as the main branch declares it, with a row."""
    url = fresh_database(server17)
    with psycopg.connect(url) as connection:
        connection.execute(f"{BEFORE} INSERT INTO shop.item VALUES (1, 'pen')".encode())
    return url


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    """A runner with a checkout of main, beside the stand-in of the API."""
    with served() as repository:
        one = Job(tmp_path, repository, [])
        (one.checkout / "desired_schema").mkdir(parents=True)
        one.git("init", "-q", "-b", "main")
        (one.checkout / "desired_schema" / "shop.sql").write_text(BEFORE)
        (one.checkout / ".gitignore").write_text("live.schemadiff\n")
        one.git("add", ".")
        one.git("commit", "-qm", "before")
        yield one


def test_from_push_to_comment_to_apply(job: Job, live: str) -> None:
    """A branch with a hostile name, by somebody without a secret; then merged, changed behind one's back, applied."""
    schema = job.checkout / "desired_schema" / "shop.sql"
    assert job.run("snapshot", live).returncode == 0
    job.git("switch", "-qc", "x$(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned")
    schema.write_text(AFTER)
    job.git("commit", "-qam", "price")
    planned = job.run("plan")
    assert planned.returncode == 0, planned.stderr
    (comment,) = job.repository.comments
    assert "price" in comment["body"] and comment["on"] == 7
    assert comment["body"] in f"<!-- schemadiff -->\n{comment['body'][20:]}" and "price" in job.told("summary")
    (digest,) = re.findall(r"digest=(\w{64})", job.told("output"))
    assert job.run("plan").returncode == 0 and len(job.repository.comments) == 1
    assert f"<!-- digest {digest} -->" in job.repository.comments[0]["body"]

    job.git("switch", "-q", "main")
    job.git("merge", "-q", "--no-ff", "-m", "merged", "@{-1}")
    sha = job.git("rev-parse", "HEAD")
    refused = job.run("apply", live)
    assert refused.returncode == 1 and "no pull request with a review was merged" in refused.stdout
    job.repository.merged[sha] = 7
    schema.write_text(AFTER.replace("numeric", "text"))
    refused = job.run("apply", live)
    assert refused.returncode == 1 and f"the review in #7 was of {digest}" in refused.stdout
    schema.write_text(AFTER)
    applied = job.run("apply", live)
    assert applied.returncode == 0, applied.stderr
    assert f"`{digest}` was applied" in job.repository.comments[-1]["body"]
    assert job.run("apply", live).returncode == 0 and "changes=false" in job.told("output")
    with psycopg.connect(live) as connection:
        assert connection.execute("SELECT id, name, price FROM shop.item").fetchall() == [(1, "pen", None)]
    assert not list(job.folder.rglob("pwned"))


def test_a_fork_has_its_review_without_a_comment(job: Job, live: str) -> None:
    """And what is refused is told where the review would be."""
    assert job.run("snapshot", live).returncode == 0
    job.repository.may_write = False
    (job.checkout / "desired_schema" / "shop.sql").write_text(AFTER)
    planned = job.run("plan")
    assert planned.returncode == 0 and "this job may not comment" in planned.stdout
    assert "price" in job.told("summary") and not job.repository.comments
    job.repository.may_write = True
    job.repository.comments.append({"id": 1, "on": 7, "user": {"login": "mallory"}, "body": "<!-- schemadiff -->\n"})
    (job.checkout / "desired_schema" / "shop.sql").write_text(BEFORE.replace(", name text", ""))
    refused = job.run("plan")
    assert refused.returncode == 3
    assert "--allow data-loss" in job.repository.comments[1]["body"] and len(job.repository.comments) == 2
    assert job.run("plan", allow="data-loss,breaks-clients").returncode == 0


def test_drift_keeps_one_issue_open(job: Job, live: str) -> None:
    assert job.run("drift", live).returncode == 0 and not job.repository.issues
    with psycopg.connect(live) as connection:
        connection.execute("ALTER TABLE shop.item ADD COLUMN hotfix text")
    for _ in range(2):
        assert job.run("drift", live).returncode == 0
    (issue,) = job.repository.issues
    assert issue["state"] == "open" and "hotfix" in issue["body"]
    with psycopg.connect(live) as connection:
        connection.execute("ALTER TABLE shop.item DROP COLUMN hotfix")
    assert job.run("drift", live).returncode == 0 and issue["state"] == "closed"


def test_the_scripts_of_other_systems(job: Job, live: str) -> None:
    """As docs/ci.md shows them: review, apply with its digest, drift."""
    merge_request, merged, scheduled = SCRIPTS
    assert job.run("snapshot", live).returncode == 0
    (job.checkout / "desired_schema" / "shop.sql").write_text(AFTER)
    path = f"{job.folder / 'temp_1' / 'schemadiff-venv' / 'bin'}:{os.environ['PATH']}"

    def run(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": path, "HOME": str(job.folder)} | variables
        return subprocess.run(["sh", "-c", script], cwd=job.checkout, env=env, capture_output=True, text=True)

    reviewed = run(merge_request)
    assert reviewed.returncode == 0 and "price" in reviewed.stdout, reviewed.stderr
    digest = re.findall(r"\b[0-9a-f]{64}\b", reviewed.stdout)[0]
    assert run(merged, DATABASE_URL=live, APPROVED="0" * 64).returncode == 3
    assert run(scheduled, DATABASE_URL=live).returncode == 2
    assert run(merged, DATABASE_URL=live, APPROVED=digest).returncode == 0
    assert run(scheduled, DATABASE_URL=live).returncode == 0


def test_github_takes_the_files(tmp_path: Path) -> None:
    """By the schemas that GitHub's workflow and action files are published with."""
    pytest.importorskip("check_jsonschema", reason="the schemas come with check-jsonschema")
    assert len(WORKFLOWS) == 3
    paths = [tmp_path / f"{number}.yml" for number in range(len(WORKFLOWS))]
    for path, text in zip(paths, WORKFLOWS, strict=True):
        path.write_text(text)
    for schema, files in (("vendor.github-workflows", paths), ("vendor.github-actions", [ROOT / "action.yml"])):
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
        ended = subprocess.run(command, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_nothing_is_interpolated_into_a_shell_and_everything_is_pinned() -> None:
    """What a branch or an input is called never becomes part of a command."""
    steps = list(read_yaml((ROOT / "action.yml").read_text())["runs"]["steps"])
    for text in WORKFLOWS:
        workflow = read_yaml(text)
        assert workflow["permissions"]["contents"] == "read" and "pull_request_target" not in text
        steps += [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert not [step for step in steps if "${{" in step.get("run", "")]
    assert not [step["uses"] for step in steps if "uses" in step and not re.search(r"@[0-9a-f]{40}$", step["uses"])]
    assert "secrets." not in WORKFLOWS[0] and "cache/restore" not in WORKFLOWS[1] + WORKFLOWS[2]
