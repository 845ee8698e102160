"""An operator family."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.kinds.shared.operator_members import members_query
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Statement, changing


@kind("operator family", catalog="pg_opfamily")
class OperatorFamily(CatalogObject):
    """An operator family with the members that belong to none of its classes."""

    members: tuple[str, ...] = alters()
    slots: tuple[str, ...] = carries()
    """The members as ALTER OPERATOR FAMILY DROP names them."""

    PLACE = Place("opfnamespace")
    RARE = "pg_opfamily WHERE oid >= 16384"
    OWNED = True
    QUERY = f"""
        SELECT f.oid::int8 AS objid, 0 AS objsubid,
               format('%%I.%%I USING %%I', n.nspname, f.opfname, am.amname) AS identity,
               m.clauses AS members, m.slots,
               quote_ident(pg_get_userbyid(f.opfowner)) AS owner
        FROM pg_catalog.pg_opfamily AS f
        JOIN pg_catalog.pg_namespace AS n ON n.oid = f.opfnamespace
        JOIN pg_catalog.pg_am AS am ON am.oid = f.opfmethod
        CROSS JOIN LATERAL ({members_query("pg_opfamily", "f.oid")}
        ) AS m
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_opfamily", "f.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("operator family", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield Statement(Sql(f"CREATE OPERATOR FAMILY {self.identity}"))
        if self.members:
            yield from changing([self._alter("ADD", list(self.members))], "members")

    def alter_members(self, before: "OperatorFamily") -> Iterator[Statement]:
        old = zip(before.members, before.slots, strict=True)
        gone = [slot for member, slot in old if member not in self.members]
        new = [member for member in self.members if member not in before.members]
        if gone:
            yield self._alter("DROP", gone)
        if new:
            yield self._alter("ADD", new)

    def _alter(self, verb: str, members: list[str]) -> Statement:
        return Statement(Sql(f"ALTER OPERATOR FAMILY {self.identity} {verb}\n    " + ",\n    ".join(members)))
