"""A queue of pgmq: a row of pgmq.meta, with tables of the extension's own. Messages are no part of it."""

from types import MappingProxyType

from schemadiff.catalog.declaring.fields import replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.rows import RowsOf
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql, literal, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("queue", catalog="pgmq.meta")
class Queue(CatalogObject):
    """A queue. Partitioned ones are left alone: what they were made with stands nowhere."""

    unlogged: bool = replaces()

    WORDS = Words(plural="queues")
    ROWS = RowsOf(
        "pgmq",
        "meta",
        "queue_name",
        calls=MappingProxyType({"create": ("queue_name",), "create_unlogged": ("queue_name",)}),
        form="select pgmq.create('mails')",
    )
    QUERY = """
        SELECT (row_number() OVER ())::int8 AS objid, 0 AS objsubid, quote_ident(m.queue_name) AS identity,
               m.is_unlogged AS unlogged
        FROM pgmq.meta AS m
        WHERE NOT m.is_partitioned
    """

    def uses(self) -> tuple[Identity, ...]:
        return (Identity("extension", Quoted("pgmq")),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._call("create_unlogged" if self.unlogged else "create"),)

    def drop(self) -> tuple[Statement, ...]:
        return (self._call("drop_queue", Hazard.DATA_LOSS),)

    def _call(self, function: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"SELECT pgmq.{function}({literal(unquoted(self.identity))})"), hazards)
