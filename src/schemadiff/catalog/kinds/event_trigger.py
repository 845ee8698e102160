"""A trigger on what happens to the database itself."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.letters import FIRING
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.kinds.trigger import ENABLING
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.statement import Statement, changing
from schemadiff.catalog.versions import HAS_LOGIN_TRIGGERS


@kind("event trigger", catalog="pg_event_trigger")
class EventTrigger(CatalogObject):
    """An event trigger that a role of ours owns."""

    event: str = replaces()
    tags: tuple[str, ...] = replaces()
    function: Quoted = replaces()
    enabled: str = alters(words="state", values=FIRING)

    REACHES_EVERYTHING = True
    PLACE = Place(owner="evtowner")
    NEWER = (Newer(HAS_LOGIN_TRIGGERS, "the event login", lambda it: it.event == "login"),)
    OWNED = True
    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid, quote_ident(t.evtname) AS identity,
               quote_ident(t.evtevent) AS event,
               (SELECT coalesce(array_agg(tag ORDER BY tag), '{{}}') FROM unnest(t.evttags) AS tag) AS tags,
               format('%%I.%%I', n.nspname, p.proname) AS "function", t.evtenabled::text AS enabled,
               quote_ident(pg_get_userbyid(t.evtowner)) AS owner
        FROM pg_catalog.pg_event_trigger AS t
        JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        WHERE pg_get_userbyid(t.evtowner) <> ALL(%(roles)s)
          AND {of_no_extension("pg_event_trigger", "t.oid")}
    """

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        tags = f"\n    WHEN TAG IN ({', '.join(literal(tag) for tag in self.tags)})" if self.tags else ""
        words = f"CREATE EVENT TRIGGER {self.identity} ON {self.event}{tags}"
        yield Statement(Sql(f"{words}\n    EXECUTE FUNCTION {self.function}()"))
        if self.enabled != "O":
            yield from changing([self._enable()], "enabled")

    def alter_enabled(self, before: "EventTrigger") -> tuple[Statement, ...]:
        return (self._enable(),)

    def _enable(self) -> Statement:
        return Statement(Sql(f"ALTER EVENT TRIGGER {self.identity} {ENABLING[self.enabled]}"))
