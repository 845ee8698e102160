"""A plan as it begins: two catalogs, the scripts between them, and the time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schemadiff.catalog.fingerprint import State
from schemadiff.connection_string import is_connection_string, shown
from schemadiff.difference.own_columns import stay_own
from schemadiff.difference.sides import Sides
from schemadiff.notes import Note, NoteKind
from schemadiff.plans.direction import Direction
from schemadiff.plans.model import BothWays, Plan
from schemadiff.plans.scripts.secrets import notes_on_secrets
from schemadiff.plans.scripts.time_zone import naming_time_zone

if TYPE_CHECKING:  # a plan that is only for reading is not proven
    from schemadiff.proof.proof import Proven


def new_plan(
    name: str,
    live_url: str,
    sides: Sides,
    scripts: BothWays,
    proven: "Proven | None",
    notes: tuple[Note, ...],
    *,
    stateless: bool = False,
    time_zone: str | None = None,
) -> Plan:
    """A plan made now for the database at `live_url`, or for files there; a `stateless` one is only for reading.

    `time_zone` is the one that its scripts were rehearsed in.
    """
    live, desired = (State("", {}),) * 2 if stateless else states(sides, proven)
    scripts = naming_time_zone(scripts, time_zone) if time_zone else scripts
    return Plan(
        name=name,
        created_at=datetime.now(UTC).replace(microsecond=0),
        target=shown(live_url) if is_connection_string(live_url) else live_url,
        server_version=sides.live.server_version,
        known_to=sides.live.known_to,
        live=live,
        desired=desired,
        up=scripts.up,
        down=scripts.down,
        unmanaged=sides.live.unmanaged,
        notes=(*notes, *_own_notes(sides), *notes_on_secrets(scripts)),
        scope=sides.live.scope.as_lists(),
        proof=proven.proof if proven else None,
    )


def _own_notes(sides: Sides) -> Iterator[Note]:
    return (Note.of(NoteKind.STAYS_OWN, name) for _, name in stay_own(sides))


def states(sides: Sides, proven: "Proven | None") -> tuple[State, State]:
    """Both ends of a plan, with the words that the proof has seen a server choose for them."""
    ends = sides.live.state(), sides.desired.state()
    return with_words(*ends, proven) if proven else ends


def with_words(live: State, desired: State, proven: "Proven") -> tuple[State, State]:
    """Both states with the words that the proof has seen a server choose for them."""
    words = proven.reworded
    return (
        replace(live, also=live.also | words.get(Direction.DOWN, {})),
        replace(desired, also=desired.also | words.get(Direction.UP, {})),
    )
