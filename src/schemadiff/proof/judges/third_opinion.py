"""pg_dump, which is asked where the other two judges of a schema disagree."""

from dataclasses import replace

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.versions import major
from schemadiff.plans.model import Opinion
from schemadiff.proof.bundle import dumped, without_secrets
from schemadiff.scratch.installing.binaries import find_client

OVERRULED = "it sees a difference that neither inspection nor pg_dump, asked as a third judge, does"


def overruled(opinion: Opinion, reached_url: str, wanted_url: str, version: int) -> Opinion:
    """The opinion of a judge who objects alone; it abstains where pg_dump, too, sees no difference.

    `version` is that of the servers. Without a pg_dump that knows it, the objection stands.
    """
    program = find_client("pg_dump", major(version))
    if program is None:
        return opinion
    texts = [dumped(program, url, without=ARCHIVE_SCHEMA) for url in (reached_url, wanted_url)]
    first, second = (None if text is None else _statements(without_secrets(text)) for text in texts)
    if first is None or first != second:
        return opinion
    return replace(opinion, abstains=True, overruled=True, details=(OVERRULED, *opinion.details))


def _statements(dump: str) -> list[str]:
    """What a dump holds, without regard to its order, and to that of a table's columns."""
    return sorted(map(_in_order, dump.split("\n\n\n")))


def _in_order(entry: str) -> str:
    lines = entry.strip().splitlines()
    if any(line.startswith("CREATE TABLE ") for line in lines):
        lines = sorted(line.removesuffix(",") for line in lines)
    return "\n".join(lines)
