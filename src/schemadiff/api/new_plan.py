"""A plan as it begins: two catalogs, the scripts between them, and the time."""

from datetime import UTC, datetime

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import State
from schemadiff.connection_string import without_password
from schemadiff.plans.model import BothWays, Plan, Proof


def new_plan(
    name: str,
    live_url: str,
    live: Catalog,
    wanted: Catalog,
    scripts: BothWays,
    proof: Proof | None,
    notes: tuple[str, ...],
    *,
    stateless: bool = False,
) -> Plan:
    """A plan made now for the database at `live_url`; a `stateless` one is only for reading."""
    nothing = State("", {})
    return Plan(
        name=name,
        created_at=datetime.now(UTC).replace(microsecond=0),
        target=without_password(live_url),
        server_version=live.server_version,
        live=nothing if stateless else live.state(),
        desired=nothing if stateless else wanted.state(),
        up=scripts.up,
        down=scripts.down,
        unmanaged=live.unmanaged,
        notes=notes,
        scope=live.scope.as_lists(),
        proof=proof,
    )
