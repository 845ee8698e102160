"""What an approval binds: one digest over all of a plan that has an effect.

Equal plans have equal digests, whenever and for whichever database they were made: times, sizes, names and comments do
not count.
"""

import json
import re
from collections.abc import Iterator

from schemadiff.catalog.versions import major
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.serialization import Json, encoded, text_sha
from schemadiff.plans.model import FORMAT_VERSION, Plan, Proof

Tokens = tuple[str, ...]

_COMMENTS = ("SQL_COMMENT", "C_COMMENT")

_COMMAND = re.compile(r"^\\.*$", re.MULTILINE)

_OBSERVED = "observed"
"""The field of a step that a rehearsal measures."""


def tokens(sql: str) -> Tokens:
    """What the SQL says, however it is laid out and commented; its last semicolon does not count."""
    from pglast.parser import scan  # takes longer to load than all else here

    found = (token for token in scan(sql) if token.name not in _COMMENTS)
    words = tuple(sql[token.start : token.end + 1] for token in found)
    return words[:-1] if words[-1:] == (";",) else words


def approval_of(plan: Plan, up: str, down: str) -> str:
    """The hex digest of a plan with the script bodies `up` and `down`."""
    return text_sha(approved_words(plan, up, down))


def approved_words(plan: Plan, up: str, down: str) -> str:
    """What the digest is of: all of a plan that has an effect, as canonical JSON."""
    document: dict[str, Json] = {
        "format": FORMAT_VERSION,
        "bodies": [_said(up), _said(down)],
        "scripts": [_without_measures(encoded(plan.script(direction))) for direction in Direction],
        "ways_back": _without_measures(encoded(plan.ways_back)),
        "checks": encoded(plan.checks),
        "scope": encoded(plan.scope),
        "role": plan.role,
        "known_to": None if plan.known_to is None else major(plan.known_to),
        "states": _states(plan),
        **({} if plan.migrations is None else {"migrations": _without_versions(encoded(plan.migrations))}),
        "proof": None if plan.proof is None else _verdict(plan.proof),
    }
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _said(body: str) -> Json:
    """The commands of psql in a script, and its SQL; the text as it stands where that cannot be read."""
    from pglast.parser import ParseError

    try:
        return [list(_COMMAND.findall(body)), list(tokens(_COMMAND.sub("", body)))]
    except ParseError:
        return body


def _without_measures(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_measures(item) for key, item in value.items() if key != _OBSERVED}
    return [_without_measures(item) for item in value] if isinstance(value, list) else value


def _without_versions(value: Json) -> Json:
    """Migrations without the time at which they were made."""
    if isinstance(value, dict):
        return {key: _without_versions(item) for key, item in value.items() if key != "version"}
    return [_without_versions(item) for item in value] if isinstance(value, list) else value


def _states(plan: Plan) -> Json:
    """The objects that the scripts touch, before and after."""
    names = set(plan.live.moved(plan.desired))
    for direction in Direction:
        names |= {name for step in plan.script(direction).by_object for name in (step.object, step.holder) if name}
    return {name: [plan.live.objects.get(name), plan.desired.objects.get(name)] for name in names}


def _verdict(proof: Proof) -> Json:
    return [list(_opinions(proof, direction)) for direction in Direction]


def _opinions(proof: Proof, direction: Direction) -> Iterator[Json]:
    for opinion in direction.choose(proof.up, proof.down):
        yield [opinion.judge, opinion.agrees, opinion.abstains]
