"""The jobs of the GitHub action: plan, apply, drift and snapshot. Everything it is told comes from the environment."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Never

MARK = "<!-- schemadiff -->"
"""How the comment begins that is written anew each time."""

DIGEST = "<!-- digest "
ISSUE = "The database has drifted from the files"
LONGEST = 60_000
"""GitHub takes comments of 65536 characters."""


class Api:
    """The part of GitHub's API that jobs need, for one repository."""

    def __init__(self) -> None:
        self._root = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}"

    def __call__(self, method: str, path: str, **body: object) -> Any:
        """What the API answers. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(
            f"{self._root}/{path}",
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={
                "Authorization": f"Bearer {os.environ['SCHEMADIFF_TOKEN']}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def pages(self, path: str) -> list[Any]:
        """All entries of a list."""
        found: list[Any] = []
        for page in range(1, 101):
            some = self("GET", f"{path}{'&' if '?' in path else '?'}per_page=100&page={page}")
            found += some
            if len(some) < 100:
                break
        return found


def main() -> Never:
    """Run the job that SCHEMADIFF_JOB names."""
    jobs = {"plan": plan, "apply": apply, "drift": drift, "snapshot": snapshot}
    job = os.environ["SCHEMADIFF_JOB"]
    if job not in jobs:
        fail(f"job must be one of {', '.join(jobs)}")
    sys.exit(jobs[job]())


def plan() -> int:
    """Plan from the snapshot, annotate, and keep one comment with the review and its digest."""
    number = event()["pull_request"]["number"]
    ended, directory = planned("--live", os.environ["SCHEMADIFF_LIVE"], name=f"pull_request_{int(number)}")
    if directory is None:
        told = ended.stderr.strip() if ended.returncode else "Nothing to do: the files declare the database as it is."
        comment(number, "" if ended.returncode else "none", f"```\n{fenced(told)}\n```" if ended.returncode else told)
        return ended.returncode
    schemadiff("show", directory, "--format", "github", shown=True)
    digest = digest_of(directory)
    output(digest=digest, changes="true")
    comment(number, digest, (Path(directory) / "review.md").read_text(encoding="utf-8"))
    return ended.returncode


def apply() -> int:
    """Plan the merged files on live, and run the plan if it has the digest that was reviewed."""
    sha = os.environ["GITHUB_SHA"]
    ended, directory = planned(name=f"merge_{sha[:12]}")
    if directory is None:
        output(changes="false")
        return ended.returncode
    digest, (number, reviewed) = digest_of(directory), reviewed_digest(sha)
    output(digest=digest, changes="true")
    if digest != reviewed:
        summary((Path(directory) / "review.md").read_text(encoding="utf-8"))
        said = f"the review in #{number} was of {reviewed}" if reviewed else "no pull request with a review was merged"
        fail(
            f"the plan has the digest {digest}, and {said}: nothing was applied. Live, or what was merged, is not what "
            "was reviewed: read the review in this job's summary, and apply it by hand, or open a new pull request"
        )
    code = schemadiff("apply", directory, "--approve", digest, shown=True).returncode
    told = "applied" if code == 0 else f"not applied (exit code {code})"
    try:
        API("POST", f"issues/{number}/comments", body=f"`{digest}` was {told}: {run_url()}")
    except urllib.error.HTTPError as error:
        print(f"::notice::no comment could be written (HTTP {error.code})")
    return code


def drift() -> int:
    """Keep one issue open as long as live is not what the files declare."""
    ended = schemadiff("drift", "--exit-code", shown=True)
    if ended.returncode not in (0, 2):
        return ended.returncode
    output(changes=str(ended.returncode == 2).lower())
    issues = [one for one in API.pages("issues?state=open") if mine(one) and "pull_request" not in one]
    if ended.returncode == 0:
        for one in issues:
            API("PATCH", f"issues/{one['number']}", state="closed")
        return 0
    body = f"{MARK}\nFound in {run_url()}:\n\n```\n{fenced(ended.stdout.strip())[:LONGEST]}\n```\n"
    if issues:
        API("PATCH", f"issues/{issues[0]['number']}", body=body)
    else:
        API("POST", "issues", title=ISSUE, body=body)
    return 0


def snapshot() -> int:
    """Take a snapshot for the jobs of pull requests."""
    bodies = ["--bodies"] if os.environ["SCHEMADIFF_BODIES"] == "true" else []
    return schemadiff("snapshot", "--out", os.environ["SCHEMADIFF_LIVE"], *bodies, shown=True).returncode


def planned(*arguments: str, name: str) -> tuple["subprocess.CompletedProcess[str]", str | None]:
    """A plan, outside of what was checked out, and its directory if there is something to do."""
    out = Path(os.environ["RUNNER_TEMP"]) / "schemadiff-plans"
    allowed = os.environ["SCHEMADIFF_ALLOW"]
    allow = ["--allow", allowed] if allowed else []
    ended = schemadiff("plan", "--name", name, "--out", str(out), *arguments, *allow)
    return ended, ended.stdout.strip() or None


def reviewed_digest(sha: str) -> tuple[int | None, str | None]:
    """The merged pull request of a commit, and the digest in the comment on it."""
    for one in API.pages(f"commits/{urllib.parse.quote(sha, safe='')}/pulls"):
        if one["merged_at"]:
            for written in reversed(API.pages(f"issues/{one['number']}/comments")):
                if mine(written) and DIGEST in written["body"]:
                    found = re.match("[0-9a-f]*", written["body"].split(DIGEST, 1)[1])
                    return one["number"], found[0] if found else None
    return None, None


def comment(number: int, digest: str, text: str) -> None:
    """Write the one comment on a pull request anew; where that is not allowed, the summary has it alone."""
    summary(text)
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n\n... the rest stands in the summary of {run_url()}"
    body = f"{MARK}\n{DIGEST}{digest} -->\n{cut}\n"
    try:
        old = next((one for one in API.pages(f"issues/{int(number)}/comments") if mine(one)), None)
        if old is None:
            API("POST", f"issues/{int(number)}/comments", body=body)
        else:
            API("PATCH", f"issues/comments/{old['id']}", body=body)
    except urllib.error.HTTPError as error:
        if error.code not in (401, 403, 404):
            raise
        print("::notice::this job may not comment, as in pull requests from forks: the review is in its summary")


def mine(one: Any) -> bool:
    """Whether a comment or an issue was written by this action."""
    return one["user"]["login"] == os.environ["SCHEMADIFF_COMMENTER"] and (one["body"] or "").startswith(MARK)


def schemadiff(*arguments: str, shown: bool = False) -> "subprocess.CompletedProcess[str]":
    """Run schemadiff; what it says goes to the log, and with `shown` its result, too."""
    ended = subprocess.run(["schemadiff", *arguments], capture_output=True, text=True, check=False)
    sys.stderr.write(ended.stderr)
    if shown:
        sys.stdout.write(ended.stdout)
    sys.stderr.flush()
    sys.stdout.flush()
    return ended


def digest_of(directory: str) -> str:
    """The digest of a plan."""
    return str(json.loads(schemadiff("show", directory, "--format", "json").stdout)["approval"])


def event() -> Any:
    """What happened, as GitHub tells it."""
    return json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))


def summary(text: str) -> None:
    """Add to what the job's page shows."""
    with open(os.environ["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def output(**values: str) -> None:
    """Set outputs of the step; no value of ours holds a line break."""
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())


def fenced(text: str) -> str:
    """Text that does not end the block of code it stands in."""
    return text.replace("```", "'''")


def run_url() -> str:
    """The page of this run."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    return "{}/{}/actions/runs/{}".format(*(os.environ[name] for name in names))


def fail(message: str) -> Never:
    """End the job with an error at its page."""
    print(f"::error::{message}")
    sys.exit(1)


API = Api()

if __name__ == "__main__":
    main()
