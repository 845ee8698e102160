"""A subscription, without the connection string, which is a secret that only superusers read."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.foreign_options import split
from schemadiff.catalog.kinds.shared.secrets import PLACEHOLDER, placeholder
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, RawChange
from schemadiff.catalog.statements.statement import Statement, changing
from schemadiff.catalog.versions import (
    HAS_DISABLE_ON_ERROR,
    HAS_FAILOVER,
    HAS_ORIGIN,
    HAS_PARALLEL_STREAMING,
    HAS_PASSWORD_REQUIRED,
    HAS_RUN_AS_OWNER,
    HAS_TWO_PHASE,
    Version,
)

CONNECTION = "service=set_by_hand"
"""What files write in place of a connection string, which scripts have a placeholder for."""

_PLACEHOLDER = re.compile(rf"service={PLACEHOLDER.pattern}")
"""A placeholder that Postgres takes for a connection string where nothing is filled in."""


def stands_for_connection(conninfo: str) -> bool:
    """Whether a text stands in place of a connection string."""
    return conninfo == CONNECTION or _PLACEHOLDER.fullmatch(conninfo) is not None


STREAMING = "CASE left(substream::text, 1) WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' ELSE 'off' END"


class _Option(NamedTuple):
    """An option by its name: the fact that brought it (0: all servers have it), how it is read, the usual value."""

    since: int
    name: str
    value: str
    usual: str


OPTIONS = (
    _Option(0, "binary", "subbinary::text", "false"),
    _Option(0, "synchronous_commit", "subsynccommit", "off"),
    _Option(0, "streaming", STREAMING, "off"),
    _Option(HAS_DISABLE_ON_ERROR, "disable_on_error", "subdisableonerr::text", "false"),
    _Option(HAS_ORIGIN, "origin", "suborigin", "any"),
    _Option(HAS_PASSWORD_REQUIRED, "password_required", "subpasswordrequired::text", "true"),
    _Option(HAS_RUN_AS_OWNER, "run_as_owner", "subrunasowner::text", "false"),
)

FIXED = (
    _Option(HAS_TWO_PHASE, "two_phase", "(subtwophasestate <> 'd')::text", "false"),
    _Option(HAS_FAILOVER, "failover", "subfailover::text", "false"),
)
"""Options whose change needs the publisher."""


def _newer(option: _Option) -> Newer:
    return Newer(option.since, option.name, lambda it: option.name in split((*it.options, *it.fixed_options)))


@kind("subscription", catalog="pg_subscription")
class Subscription(CatalogObject):
    """A subscription; no statement of ours connects to the publisher: slots there are left alone."""

    fixed_options: tuple[str, ...] = replaces()
    options: tuple[str, ...] = alters()
    slot: str | None = alters(by="alter_working")
    enabled: bool = alters(by="alter_working")
    publications: tuple[Quoted, ...] = alters()

    PLACE = Place(owner="subowner", rows="subdbid = (SELECT oid FROM here)")
    NEWER = (
        *map(_newer, (*OPTIONS, *FIXED)),
        Newer(HAS_PARALLEL_STREAMING, "streaming=parallel", lambda it: "streaming=parallel" in it.options),
    )
    OWNED = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Subscriptions of this database with the options that the server's version knows."""
        return f"""
        SELECT s.oid::int8 AS objid, 0 AS objsubid, quote_ident(s.subname) AS identity,
               {_array(FIXED, version)} AS fixed_options, {_array(OPTIONS, version)} AS options,
               s.subslotname::text AS slot, s.subenabled AS enabled,
               (SELECT array_agg(quote_ident(p) ORDER BY p) FROM unnest(s.subpublications) AS p)
                 AS publications,
               quote_ident(pg_get_userbyid(s.subowner)) AS owner
        FROM pg_catalog.pg_subscription AS s
        WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
          AND pg_get_userbyid(s.subowner) <> ALL(%(roles)s)
        """

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        options = ["connect = false", f"slot_name = {self._slot()}"]
        written = split((*self.fixed_options, *self.options))
        options += [f"{name} = {literal(value)}" for name, value in written.items()]
        words = f"CREATE SUBSCRIPTION {self.identity} CONNECTION {literal(f'service={self._placeholder()}')}"
        words += f" PUBLICATION {', '.join(self.publications)} WITH ({', '.join(options)})"
        yield Statement(Sql(words))
        if self.enabled:
            yield from changing([self._alter("ENABLE")], "enabled")

    def drop(self) -> Iterator[Statement]:
        """The slot on the publisher stays and is dropped there."""
        ends = (("DISABLE", RawChange("enabled", True, False)),
                ("SET (slot_name = NONE)", RawChange("slot", self.slot, None)))  # fmt: skip
        for action, change in ends:
            yield replace(self._alter(action), purpose=Purpose(fields=(), changes=(change,)))
        words = Sql(f"DROP SUBSCRIPTION {self.identity}")
        yield Statement(words, (Hazard.IRREVERSIBLE, Hazard.BREAKS_CLIENTS))

    def alter_options(self, before: "Subscription") -> tuple[Statement, ...]:
        old, new = split(before.options), split(self.options)
        changed = [f"{name} = {literal(value)}" for name, value in new.items() if old.get(name) != value]
        return (self._alter(f"SET ({', '.join(changed)})"),)

    def alter_working(self, before: "Subscription") -> Iterator[Statement]:
        """A subscription changes its slot only while it is disabled."""
        if before.enabled and (self.slot != before.slot or not self.enabled):
            yield self._alter("DISABLE")
        if self.slot != before.slot:
            yield self._alter(f"SET (slot_name = {self._slot()})")
        if self.enabled and (self.slot != before.slot or not before.enabled):
            yield self._alter("ENABLE")

    def alter_publications(self, before: "Subscription") -> tuple[Statement, ...]:
        return (self._alter(f"SET PUBLICATION {', '.join(self.publications)} WITH (refresh = false)"),)

    def _placeholder(self) -> str:
        return placeholder(f"subscription {self.identity} connection")

    def _slot(self) -> str:
        return "NONE" if self.slot is None else literal(self.slot)

    def _alter(self, action: str) -> Statement:
        return Statement(Sql(f"ALTER SUBSCRIPTION {self.identity} {action}"))


def _array(options: tuple[_Option, ...], version: Version) -> str:
    """The options as `name=value`; of one that is not told, what is not the usual value."""
    known = []
    for option in options:
        if version.has(option.since):
            pair = f"'{option.name}=' || {option.value}"
            unusual = f"CASE WHEN {option.value} <> '{option.usual}' THEN {pair} END"
            known.append(pair if version.tells(option.since) else unusual)
    return f"array_remove(ARRAY[{', '.join(known)}]::text[], NULL)"
