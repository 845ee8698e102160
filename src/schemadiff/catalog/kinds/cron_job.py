"""A job of pg_cron with a name: a row of cron.job in the database where the extension is."""

from types import MappingProxyType

from schemadiff.catalog.declaring.fields import alters
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.rows import RowsOf
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql, literal, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("cron job", catalog="cron.job")
class CronJob(CatalogObject):
    """A job that the connected role has scheduled here; those of others, and those without a name, are left alone."""

    schedule: str = alters(by="alter_schedule", tells=True)
    command: str = alters(by="alter_schedule")
    active: bool = alters(on="switch {kind} {name} on", off="switch {kind} {name} off")

    WORDS = Words(create="schedule {kind} {name}: {value}", drop="unschedule {kind} {name}", plural="cron jobs")
    ROWS = RowsOf(
        "cron",
        "job",
        "job_name",
        calls=MappingProxyType({"schedule": ("job_name", "schedule", "command")}),
        settled_by="alter_job",
        form="select cron.schedule('nightly', '0 3 * * *', 'select 1')",
    )
    # A stand-in's jobs are nobody's, and of no database, since shadow databases are copied.
    QUERY = """
        SELECT (row_number() OVER ())::int8 AS objid, 0 AS objsubid, quote_ident(j.jobname) AS identity,
               j.schedule, j.command, j.active
        FROM cron.job AS j
        WHERE j.jobname IS NOT NULL AND coalesce(j.database, current_database()) = current_database()
          AND coalesce(quote_ident(j.username), %(user)s) = %(user)s
    """

    def uses(self) -> tuple[Identity, ...]:
        return (Identity("extension", Quoted("pg_cron")),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        scheduled = self._schedule()
        if self.active:
            return (scheduled,)
        call = scheduled.sql.removeprefix("SELECT ")
        return (Statement(Sql(f"SELECT cron.alter_job({call}, active := false)")),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"SELECT cron.unschedule({self._name})"), (Hazard.SWITCHES_OFF,)),)

    def alter_schedule(self, before: "CronJob") -> tuple[Statement, ...]:
        """Scheduled once more under its name, a job is changed."""
        return (self._schedule(),)

    def alter_active(self, before: "CronJob") -> tuple[Statement, ...]:
        return (self._switch(),)

    @property
    def _name(self) -> Sql:
        return literal(unquoted(self.identity))

    def _schedule(self) -> Statement:
        words = f"SELECT cron.schedule({self._name}, {literal(self.schedule)}, {literal(self.command)})"
        return Statement(Sql(words))

    def _switch(self) -> Statement:
        mine = f"j.jobname = {self._name} AND coalesce(j.username, CURRENT_USER) = CURRENT_USER"
        job = f"(SELECT j.jobid FROM cron.job AS j WHERE {mine})"
        words = f"SELECT cron.alter_job(job_id := {job}, active := {str(self.active).lower()})"
        return Statement(Sql(words), () if self.active else (Hazard.SWITCHES_OFF,))
