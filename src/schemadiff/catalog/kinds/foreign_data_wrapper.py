"""A foreign-data wrapper."""

from schemadiff.catalog.declaring.fields import alters
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.foreign_options import changed, clause, query_of
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("foreign-data wrapper", catalog="pg_foreign_data_wrapper", keyword="FOREIGN DATA WRAPPER")
class ForeignDataWrapper(CatalogObject):
    """A wrapper that no extension brought, nor one over the functions of a platform's extension."""

    handler: Quoted | None = alters()
    validator: Quoted | None = alters()
    options: tuple[str, ...] = alters()

    PLACE = Place(owner="fdwowner")
    RARE = "pg_foreign_data_wrapper"
    OWNED = True
    GRANTABLE = "F"
    QUERY = f"""
        SELECT w.oid::int8 AS objid, 0 AS objsubid, quote_ident(w.fdwname) AS identity,
               (SELECT format('%%I.%%I', n.nspname, p.proname) FROM pg_catalog.pg_proc AS p
                JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                WHERE p.oid = w.fdwhandler) AS "handler",
               (SELECT format('%%I.%%I', n.nspname, p.proname) FROM pg_catalog.pg_proc AS p
                JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                WHERE p.oid = w.fdwvalidator) AS "validator",
               {query_of("w.fdwoptions")} AS options,
               quote_ident(pg_get_userbyid(w.fdwowner)) AS owner,
               coalesce(w.fdwacl, acldefault('F', w.fdwowner))::text[] AS acl
        FROM pg_catalog.pg_foreign_data_wrapper AS w
        WHERE pg_get_userbyid(w.fdwowner) <> ALL(%(roles)s)
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                          WHERE e.deptype = 'e'
                            AND ((e.classid, e.objid) = ('pg_foreign_data_wrapper'::regclass, w.oid)
                                 OR (e.classid, e.objid) = ('pg_proc'::regclass, w.fdwhandler)
                                    AND e.refobjid <> ALL(%(extensions)s)))
    """

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = f"CREATE FOREIGN DATA WRAPPER {self.identity}"
        words += f" HANDLER {self.handler}" if self.handler else ""
        words += f" VALIDATOR {self.validator}" if self.validator else ""
        return (Statement(Sql(words + clause(self.options, self._described))),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP FOREIGN DATA WRAPPER {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def alter_handler(self, before: "ForeignDataWrapper") -> tuple[Statement, ...]:
        return (self._alter(f"HANDLER {self.handler}" if self.handler else "NO HANDLER"),)

    def alter_validator(self, before: "ForeignDataWrapper") -> tuple[Statement, ...]:
        return (self._alter(f"VALIDATOR {self.validator}" if self.validator else "NO VALIDATOR"),)

    def alter_options(self, before: "ForeignDataWrapper") -> tuple[Statement, ...]:
        return (self._alter(f"OPTIONS ({changed(before.options, self.options, self._described)})"),)

    def _alter(self, action: str) -> Statement:
        return Statement(Sql(f"ALTER FOREIGN DATA WRAPPER {self.identity} {action}"))

    @property
    def _described(self) -> str:
        """What placeholders for its secrets are called after."""
        return f"wrapper {self.identity}"
