"""A partition on which a trigger of the partitioned table fires otherwise than there."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.letters import FIRING
from schemadiff.catalog.kinds.trigger import ENABLING, SILENT
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("trigger state", catalog="pg_trigger", keyword="TRIGGER")
class TriggerState(CatalogObject):
    """When the copy of a trigger on a partition fires, where that is not as on the parent.

    A change of the parent's trigger reaches all copies, so that it is a difference here, too.
    """

    enabled: str = alters(words="state", values=FIRING, tells=True)
    parent_enabled: str = alters(by="alter_enabled", words="state on the parent table", values=FIRING)
    definition: Sql = alters(by="alter_enabled")
    name: Quoted = carries()
    table: Quoted = carries()
    above: tuple[Quoted, ...] = carries()
    """The tables further up."""

    WORDS = Words(
        create="set trigger {part} on {whole}",
        drop="set trigger {part} on {whole} from {value} to what the parent table has",
        alter="set trigger {part} on {whole}",
        kind="trigger",
    )
    RARE = "pg_inherits"
    NAMED_AFTER_OTHERS = True
    QUERY = """
        SELECT t.oid::int8 AS objid, 0 AS objsubid,
               format('%%I ON %%I.%%I', t.tgname, n.nspname, c.relname) AS identity,
               t.tgenabled::text AS enabled, u.tgenabled::text AS parent_enabled,
               pg_get_triggerdef(t.oid) AS definition, quote_ident(t.tgname) AS name,
               format('%%I.%%I', n.nspname, c.relname) AS "table",
               ARRAY(SELECT format('%%I.%%I', an.nspname, ac.relname)
                     FROM pg_catalog.pg_partition_ancestors(c.oid) AS a (relid)
                     JOIN pg_catalog.pg_class AS ac ON ac.oid = a.relid
                     JOIN pg_catalog.pg_namespace AS an ON an.oid = ac.relnamespace
                     WHERE ac.oid <> c.oid ORDER BY 1) AS above
        FROM pg_catalog.pg_trigger AS t
        JOIN pg_catalog.pg_trigger AS u ON u.oid = t.tgparentid
        JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid = t.tgconstraint
        WHERE t.tgenabled <> u.tgenabled AND k.contype IS DISTINCT FROM 'f' AND n.oid = ANY(%(schemas)s)
    """

    def within(self) -> Identity:
        return Identity("table", self.table)

    def uses(self) -> tuple[Identity, ...]:
        # leaving takes the copy of the trigger along, at whatever level
        joined = (Identity("inheritance", table) for table in (self.table, *self.above))
        names = [Quoted(f"{self.name} ON {table}") for table in self.above]
        made = (Identity(kind, name) for kind in ("trigger", self.KIND) for name in names)
        return (self.within(), *joined, *made)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._enable(self.enabled, self.parent_enabled),)

    def drop(self) -> tuple[Statement, ...]:
        return (self._enable(self.parent_enabled, self.enabled),)

    def alter_enabled(self, before: "TriggerState") -> tuple[Statement, ...]:
        return (self._enable(self.enabled, before.enabled),)

    def _enable(self, state: str, before: str) -> Statement:
        silenced = state in SILENT and before not in SILENT
        words = Sql(f"ALTER TABLE {self.table} {ENABLING[state]} TRIGGER {self.name}")
        return Statement(words, (Hazard.SWITCHES_OFF,) if silenced else ())
