"""Looks for failures for as long as one likes, from seeds: python -m properties.hunt --help."""

import argparse
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import psycopg

from properties.dice import Dice
from properties.judge import judge
from properties.minimizing import minimized
from properties.roles import create_roles
from properties.schemas import pair
from schemadiff.scratch.starting import scratch_server


def main() -> None:
    """Judge pairs of seeds in a row; write each new failure, made small, into a folder as a corpus case is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", help="a server to use instead of an own one; its user is a superuser")
    parser.add_argument("--major", type=int, default=17)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--minimize", type=float, default=60, help="seconds for each failure")
    parser.add_argument("--size", type=int, default=40)
    parser.add_argument("--nastiness", type=int, default=3, help="how many of ten names are nasty")
    parser.add_argument("--output", type=Path, default=Path("found"))
    options = parser.parse_args()
    seen: Counter[str] = Counter()
    started, judged, accepted, offered = time.monotonic(), 0, 0, 0
    seed = options.seed
    with scratch_server(options.major, url=options.url) as server:
        with closing(psycopg.connect(server.url("postgres"), autocommit=True)) as connection:
            create_roles(connection)
        while time.monotonic() - started < options.seconds:
            made = pair(Dice.seeded(seed, options.nastiness), options.size)
            verdict = judge(server, made)
            judged += 1
            accepted, offered = accepted + len(verdict.first) + len(verdict.second), offered + verdict.offered
            if verdict.failure:
                seen[verdict.failure.signature] += 1
                print(f"seed {seed}: {verdict.failure.signature}", flush=True)
                if seen[verdict.failure.signature] == 1:
                    _, small = minimized(server, made, verdict.failure, options.minimize)
                    folder = options.output / f"{seed}"
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / "a.sql").write_text(";\n".join(small.first) + ";\n")
                    (folder / "b.sql").write_text(";\n".join(small.second) + ";\n")
                    text = f"{small.failure.signature}\n{small.failure.text}\n" if small.failure else "gone"
                    (folder / "failure.txt").write_text(text)
            seed += 1
    print(f"{judged} pairs, {accepted} of {offered} statements accepted, {time.monotonic() - started:.0f} s, {seen}")


if __name__ == "__main__":
    main()
