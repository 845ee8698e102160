"""A plan as it begins: two catalogs, the scripts between them, and the time."""

from datetime import UTC, datetime

from schemadiff.catalog.fingerprint import State
from schemadiff.connection_string import is_connection_string, shown
from schemadiff.difference.sides import Sides
from schemadiff.notes import Note
from schemadiff.plans.model import BothWays, Plan, Proof
from schemadiff.plans.scripts.time_zone import naming_time_zone


def new_plan(
    name: str,
    live_url: str,
    sides: Sides,
    scripts: BothWays,
    proof: Proof | None,
    notes: tuple[Note, ...],
    *,
    stateless: bool = False,
    time_zone: str | None = None,
) -> Plan:
    """A plan made now for the database at `live_url`, or for files there; a `stateless` one is only for reading.

    `time_zone` is the one that its scripts were rehearsed in.
    """
    nothing = State("", {})
    scripts = naming_time_zone(scripts, time_zone) if time_zone else scripts
    return Plan(
        name=name,
        created_at=datetime.now(UTC).replace(microsecond=0),
        target=shown(live_url) if is_connection_string(live_url) else live_url,
        server_version=sides.live.server_version,
        known_to=sides.live.known_to,
        live=nothing if stateless else sides.live.state(),
        desired=nothing if stateless else sides.desired.state(),
        up=scripts.up,
        down=scripts.down,
        unmanaged=sides.live.unmanaged,
        notes=notes,
        scope=sides.live.scope.as_lists(),
        proof=proof,
    )
