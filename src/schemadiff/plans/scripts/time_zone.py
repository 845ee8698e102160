"""Scripts in which the meaning of values hangs on the session's time zone name the one that they were rehearsed in."""

import re
from dataclasses import replace

from schemadiff.catalog.sql import Sql, literal
from schemadiff.plans.model import BothWays, FieldChange, Segment

_OF_TIME = re.compile(r"\b(date|time|timestamp|interval)\b|\.")
"""Types of date and time, and those of users, of which only the server knows what they hold."""


def naming_time_zone(scripts: BothWays, zone: str) -> BothWays:
    """Both scripts with the zone, if one of them needs it: what one wrote, the other compares."""
    segments = (*scripts.up.segments, *scripts.down.segments)
    if not any(map(_needs_zone, segments)):
        return scripts
    return BothWays(replace(scripts.up, time_zone=zone), replace(scripts.down, time_zone=zone))


def zone_setting(zone: str) -> Sql:
    """The statement that names the zone."""
    return Sql(f"SET TimeZone = {literal(zone)}")


def _needs_zone(segment: Segment) -> bool:
    """Whether users' expressions run in it, or values of date and time become others."""
    return segment.backfill is not None or any(
        _of_time(change) for step in segment.steps for one in step.each for change in one.changes
    )


def _of_time(change: FieldChange) -> bool:
    types = (change.before, change.after)
    return change.field == "type" and None not in types and any(_OF_TIME.search(type_ or "") for type_ in types)
