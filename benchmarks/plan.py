"""How long a plan from files to a live database takes, part by part, beside pg-delta's from the same folder.

    python benchmarks/plan.py                                     200 and 1,000 tables
    python benchmarks/plan.py --tables 1000 --cases "one column" unchanged --runs 7
    python benchmarks/plan.py --peer node_modules/.bin/pgdelta    (npm install @supabase/pg-delta@1.0.0-alpha.34)

A project of as many tables lies in one file a table. The cases: `cold` (nothing differs, and the cache folder is
empty), `unchanged` (nothing differs, planned before), `one column` (one file declares a column more, planned
for the first time), `two percent`, `first plan` (live is empty), `drop all` (the files declare one table). Each is
measured with and without proof, where there is something to prove. The peer is `schema apply --dry-run` with a shadow
database on the same server: it proves nothing. Each run is a whole process; the tools take turns, one round that is not
counted goes first. Ratios are those of the medians, to schemadiff's without proof: over 1, the peer took longer.
"""

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from compare import Runs, compiled_modules, databases, run_once, server_url
from schema import statements

CASES = ("cold", "unchanged", "one column", "two percent", "first plan", "drop all")
PART = re.compile(r"^(?P<part>[a-z ]+?) +(?P<seconds>[\d.]+) s$", re.MULTILINE)
TABLE = re.compile(r"\bitem_(\d+)\b")
COLD = "without proof, cold"
PLAIN = "without proof"
PROVEN = "with proof"
PEER = "pg-delta"

fresh = count()


@dataclass
class Measured:
    """The runs of one tool, and of ours the seconds by part."""

    runs: Runs = field(default_factory=Runs)
    parts: list[dict[str, float]] = field(default_factory=list)


def main() -> None:
    """Measure and print the tables."""
    arguments = parsed()
    with (
        server_url(arguments.server) as (url, _),
        compiled_modules(),
        tempfile.TemporaryDirectory() as work,
    ):
        Path(work).chmod(0o755)  # the user who runs root's scratch server enters it
        for size in arguments.tables:
            with databases(url, size) as (live, empty):
                clear(empty)
                for case in arguments.cases:
                    target = empty if case == "first plan" else live
                    found = measured(case, size, target, url, Path(work), arguments)
                    report(size, case, found)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--server", metavar="URL", help="instead of a server of our own")
    parser.add_argument("--peer", metavar="PROGRAM", default=os.environ.get("PG_DELTA"), help="pg-delta's program")
    parser.add_argument("--no-proof", action="store_true", help="leave out our runs with proof")
    return parser.parse_args()


def clear(url: str) -> None:
    """Take everything out of a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        query = "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname LIKE 'area%'"
        for (schema,) in connection.execute(query).fetchall():
            for (table,) in connection.execute(
                "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE quote_ident(schemaname) = %s",
                [schema],
            ).fetchall():
                connection.execute(f"DROP TABLE {table} CASCADE".encode())
            connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def write_files(folder: Path, case: str, size: int, number: int) -> None:
    """The files of a case; some are others for each number, so that none was planned before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    changed = case == "two percent"
    given = list(statements(1 if case == "drop all" else size, changed=changed))
    files: dict[str, list[str]] = {}
    for statement in given:
        declared = TABLE.search(statement)
        files.setdefault(f"item_{declared[1]}" if declared else "base", []).append(statement)
    if case == "one column":
        chosen = f"item_{size // 2}"
        files[chosen] = [
            text.replace("details jsonb,", f"details jsonb, extra_{number} text,", 1) for text in files[chosen]
        ]
    if case == "two percent":
        files["base"].append(f"COMMENT ON SCHEMA area_0 IS 'turn {number}'")
    for name, texts in files.items():
        (folder / f"{name}.sql").write_text("".join(f"{text};\n" for text in texts))


def measured(
    case: str, size: int, live: str, server: str, work: Path, arguments: argparse.Namespace
) -> dict[str, Measured]:
    """The runs of each tool on a case; they take turns."""
    tools: dict[str, Callable[[Measured, Path], None]] = {PLAIN: ours(live)}
    if case == "cold":
        tools = {COLD: ours(live, cold=True)}
    elif case != "unchanged" and not arguments.no_proof:
        tools[PROVEN] = ours(live, "auto")
    if arguments.peer:
        tools[PEER] = peer(arguments.peer, live, server)
    found = {tool: Measured() for tool in tools}
    for turn in range(arguments.runs + 1):
        for tool, run in tools.items():
            folder = work / "project" / "desired_schema"
            write_files(folder, case, size, next(fresh) if case in ("one column", "two percent") else 0)
            run(found[tool] if turn else Measured(), folder)
    return found


def ours(live: str, proof: str = "off", *, cold: bool = False) -> Callable[[Measured, Path], None]:
    """A plan of ours, `cold` with an empty cache folder."""
    words = ["plan", "--name", "timed", "--timings", "--renames", "never", "--database-url", live, "--proof", proof]
    words += ["--no-live-queries", "--allow", "data-loss,irreversible"]

    def run(into: Measured, folder: Path) -> None:
        told = folder.parent / "told"
        command = [sys.executable, "-m", "schemadiff", *words]
        if cold:
            command += ["--cache-dir", str(folder.parent / f"cache_{next(fresh)}")]
        with told.open("w") as output:
            run_once(command, into.runs, None, cwd=folder.parent, output=output)
        into.parts.append({match["part"]: float(match["seconds"]) for match in PART.finditer(told.read_text())})

    return run


def peer(program: str, live: str, server: str) -> Callable[[Measured, Path], None]:
    """The peer's plan, with an empty database to load the files into at hand."""

    def run(into: Measured, folder: Path) -> None:
        with shadow_database(server) as shadow:
            command = [program, "schema", "apply", "--dir", str(folder), "--target", live, "--shadow", shadow]
            run_once([*command, "--dry-run", "--renames", "off", "--allow-data-loss"], into.runs, None)

    return run


@contextmanager
def shadow_database(server: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = "benchmark_shadow"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", server, count=1)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def report(size: int, case: str, found: dict[str, Measured]) -> None:
    """Print what each tool took, and our parts."""
    reference = statistics.median(next(iter(found.values())).runs.seconds)
    for tool, one in found.items():
        seconds, processor = statistics.median(one.runs.seconds), statistics.median(one.runs.processor)
        print(
            f"| {size} | {case} | {tool} | {seconds:.2f} | {seconds / reference:.2f} "
            f"| {processor:.2f} | {max(one.runs.megabytes):.0f} | {in_words(one, seconds)} |",
            flush=True,
        )


def in_words(one: Measured, seconds: float) -> str:
    """Our parts by their medians, and what is outside of them: imports, reading of arguments, writing."""
    if not one.parts:
        return ""
    names = [name for name in one.parts[0] if name != "total"]
    medians = {name: statistics.median(parts.get(name, 0.0) for parts in one.parts) for name in names}
    medians["outside"] = seconds - sum(medians.values())
    return ", ".join(f"{name} {value:.2f}" for name, value in medians.items() if value >= 0.005)


if __name__ == "__main__":
    main()
