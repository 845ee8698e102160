"""How long the plan for ten changed objects of a large schema takes, proof and all, part by part.

    python benchmarks/proof.py                     1,000 tables
    python benchmarks/proof.py --tables 200 --runs 3 --server URL --full

Each run is a whole cold process of `schemadiff plan`; the first one also fills the caches and does not count. The
median of the others is shown. With --full, everything is rehearsed instead of what the change can touch.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compare import databases, server_url
from schema import statements

CHANGES = 10
PART = re.compile(r"^(?P<part>[a-z ]+?) +(?P<seconds>[\d.]+) s$", re.MULTILINE)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--server", metavar="URL", help="instead of a server of our own")
    parser.add_argument("--full", action="store_true", help="rehearse everything")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server_url(arguments.server) as (url, _):
        desired = Path(folder) / "desired_schema"
        desired.mkdir()
        (desired / "schema.sql").write_text(";\n".join(changed(arguments.tables)) + ";\n")
        with databases(url, arguments.tables) as (before, _):
            runs = [planned(before, folder, full=arguments.full) for _ in range(arguments.runs + 1)][1:]
    print("| part | seconds |\n|---|---|")
    for part in runs[0]:
        print(f"| {part} | {statistics.median(run.get(part, 0) for run in runs):.2f} |")


def changed(tables: int) -> list[str]:
    """The schema with ten of the objects in which its two states differ changed, of as many kinds as may be."""
    pairs = list(zip(statements(tables), statements(tables, changed=True), strict=True))
    differing = [place for place, (before, after) in enumerate(pairs) if before != after]
    chosen = {differing[len(differing) * number // CHANGES] for number in range(CHANGES)}
    return [after if place in chosen else before for place, (before, after) in enumerate(pairs)]


def planned(url: str, folder: str, *, full: bool) -> dict[str, float]:
    """Seconds by part of one plan, and those of the process."""
    words = [sys.executable, "-m", "schemadiff", "plan", "--name", "timed", "--timings", "--renames", "never"]
    words += ["--allow", "data-loss,irreversible", "--database-url", url, *(["--proof", "full"] if full else [])]
    started = time.monotonic()
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    found = {match["part"]: float(match["seconds"]) for match in PART.finditer(done.stderr + done.stdout)}
    return {**found, "the whole process": time.monotonic() - started}


if __name__ == "__main__":
    main()
