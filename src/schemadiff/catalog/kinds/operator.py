"""An operator."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Phase, Statement
from schemadiff.catalog.versions import COMPLETES_OPERATORS, Version


@kind("operator", catalog="pg_operator")
class Operator(CatalogObject):
    """An operator; one that only stands as the commutator or negator of another is no object."""

    function: Quoted = replaces()
    commutator: Quoted | None = alters(by="alter_relations")
    negator: Quoted | None = alters(by="alter_relations")
    merges: bool = alters(by="alter_relations")
    hashes: bool = alters(by="alter_relations")
    restrict: Quoted | None = alters(by="alter_estimators")
    join: Quoted | None = alters(by="alter_estimators")
    name: str = carries()
    left: Sql | None = carries()
    right: Sql | None = carries()
    server_version: int = carries()

    PLACE = Place("oprnamespace", rows="oprcode <> 0")
    RARE = "pg_operator WHERE oid >= 16384"
    OWNED = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Operators that have a function."""
        return f"""
        SELECT o.oid::int8 AS objid, 0 AS objsubid,
               format('%%I.%%s (%%s, %%s)', n.nspname, o.oprname,
                      CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END,
                      CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END) AS identity,
               o.oprcode::regproc::text AS function,
               'OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')' AS commutator,
               'OPERATOR(' || quote_ident(gn.nspname) || '.' || g.oprname || ')' AS negator,
               o.oprcanmerge AS merges, o.oprcanhash AS hashes,
               nullif(o.oprrest::regproc::text, '-') AS "restrict",
               nullif(o.oprjoin::regproc::text, '-') AS "join",
               format('%%I.%%s', n.nspname, o.oprname) AS name,
               CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END AS "left",
               CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) END AS "right",
               {version.known_to} AS server_version, quote_ident(pg_get_userbyid(o.oprowner)) AS owner
        FROM pg_catalog.pg_operator AS o
        JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
        LEFT JOIN pg_catalog.pg_operator AS c ON c.oid = o.oprcom
        LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.oprnamespace
        LEFT JOIN pg_catalog.pg_operator AS g ON g.oid = o.oprnegate
        LEFT JOIN pg_catalog.pg_namespace AS gn ON gn.oid = g.oprnamespace
        WHERE o.oprcode <> 0 AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_operator", "o.oid")}
        """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("operator", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        clauses = [f"FUNCTION = {self.function}"]
        clauses += [f"LEFTARG = {self.left}"] if self.left else []
        clauses += [f"RIGHTARG = {self.right}"] if self.right else []
        clauses += [*self._relations(), *(f"{name} = {value}" for name, value in self._estimators() if value)]
        return (Statement(Sql(f"CREATE OPERATOR {self.name} (\n    " + ",\n    ".join(clauses) + "\n)")),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP OPERATOR {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def must_replace(self, before: "Operator") -> bool:
        """Since Postgres 17 what is missing can be added, yet never changed or taken away."""
        changed = [clause for clause in before._relations() if clause not in self._relations()]
        return bool(changed) or (self.server_version < COMPLETES_OPERATORS and self._relations() != before._relations())

    def alter_relations(self, before: "Operator") -> Iterator[Statement]:
        """Late, since the other operator has to be there, and only CREATE OPERATOR makes up what is missing."""
        new = [clause for clause in self._relations() if clause not in before._relations()]
        yield Statement(Sql(f"ALTER OPERATOR {self.identity} SET ({', '.join(new)})"), phase=Phase.FINISH)

    def alter_estimators(self, before: "Operator") -> Iterator[Statement]:
        new = [
            f"{name} = {value or 'NONE'}"
            for (name, value), old in zip(self._estimators(), before._estimators(), strict=True)
            if (name, value) != old
        ]
        yield Statement(Sql(f"ALTER OPERATOR {self.identity} SET ({', '.join(new)})"))

    def _relations(self) -> list[str]:
        clauses = [f"COMMUTATOR = {self.commutator}"] if self.commutator else []
        clauses += [f"NEGATOR = {self.negator}"] if self.negator else []
        clauses += ["MERGES"] if self.merges else []
        return [*clauses, "HASHES"] if self.hashes else clauses

    def _estimators(self) -> tuple[tuple[str, Quoted | None], ...]:
        return (("RESTRICT", self.restrict), ("JOIN", self.join))
