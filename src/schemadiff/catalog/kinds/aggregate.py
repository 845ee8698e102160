"""An aggregate function: plain, ordered-set or hypothetical-set."""

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement

OPTIONS = """
    ARRAY['SFUNC = ' || a.aggtransfn::regproc, 'STYPE = ' || format_type(a.aggtranstype, NULL),
          'SSPACE = ' || nullif(a.aggtransspace, 0),
          'FINALFUNC = ' || nullif(a.aggfinalfn::regproc::text, '-'),
          CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
          'FINALFUNC_MODIFY = ' || CASE WHEN a.aggfinalfn <> 0 AND a.aggfinalmodify <> normal.modify
                                        THEN words.of ->> a.aggfinalmodify::text END,
          'COMBINEFUNC = ' || nullif(a.aggcombinefn::regproc::text, '-'),
          'SERIALFUNC = ' || nullif(a.aggserialfn::regproc::text, '-'),
          'DESERIALFUNC = ' || nullif(a.aggdeserialfn::regproc::text, '-'),
          'INITCOND = ' || quote_literal(a.agginitval),
          'MSFUNC = ' || nullif(a.aggmtransfn::regproc::text, '-'),
          'MINVFUNC = ' || nullif(a.aggminvtransfn::regproc::text, '-'),
          CASE WHEN a.aggmtranstype <> 0 THEN 'MSTYPE = ' || format_type(a.aggmtranstype, NULL) END,
          'MSSPACE = ' || nullif(a.aggmtransspace, 0),
          'MFINALFUNC = ' || nullif(a.aggmfinalfn::regproc::text, '-'),
          CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
          'MFINALFUNC_MODIFY = ' || CASE WHEN a.aggmfinalfn <> 0 AND a.aggmfinalmodify <> normal.modify
                                         THEN words.of ->> a.aggmfinalmodify::text END,
          'MINITCOND = ' || quote_literal(a.aggminitval),
          'SORTOP = ' || (SELECT format('OPERATOR(%%I.%%s)', sn.nspname, so.oprname)
                          FROM pg_catalog.pg_operator AS so
                          JOIN pg_catalog.pg_namespace AS sn ON sn.oid = so.oprnamespace
                          WHERE so.oid = a.aggsortop),
          'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END,
          CASE a.aggkind WHEN 'h' THEN 'HYPOTHETICAL' END]
"""
"""The clauses of CREATE AGGREGATE. Source: dumpAgg() of pg_dump."""

TYPES = """
    CASE WHEN a.aggkind = 'n' THEN coalesce(nullif(types.plain, ''), '*')
         ELSE concat_ws(' ', nullif(types.direct, ''), 'ORDER BY', types.ordered) END
"""
"""The argument types as COMMENT ON AGGREGATE takes them."""


@kind("aggregate", catalog="pg_proc")
class Aggregate(CatalogObject):
    """An aggregate; it can be given other functions in place."""

    arguments: Sql = alters(by="alter_options")
    result: Sql = replaces()
    aggregate_kind: str = replaces(words="kind", values={"n": "normal", "o": "ordered-set", "h": "hypothetical-set"})
    options: tuple[str, ...] = alters()
    name: Quoted = carries()
    named_arguments: bool = carries()
    signature: Quoted = carries()

    PLACE = Place("pronamespace", rows="prokind = 'a'")
    RARE = "pg_proc WHERE oid >= 16384 AND prokind = 'a'"
    OWNED = True
    GRANTABLE = "f"
    GRANTED_AS = "signature"
    QUERY = f"""
        SELECT p.oid::int8 AS objid, 0 AS objsubid,
               format('%%I.%%I(%%s)', n.nspname, p.proname, {TYPES}) AS identity,
               coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*') AS arguments,
               format_type(p.prorettype, NULL) AS result, a.aggkind::text AS aggregate_kind,
               array_remove({OPTIONS}, NULL) AS options,
               format('%%I.%%I', n.nspname, p.proname) AS name, p.proargnames IS NOT NULL AS named_arguments,
               format('%%I.%%I(%%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS signature,
               quote_ident(pg_get_userbyid(p.proowner)) AS owner,
               coalesce(p.proacl, acldefault('f', p.proowner))::text[] AS acl
        FROM pg_catalog.pg_proc AS p
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid = p.oid
        CROSS JOIN LATERAL (SELECT CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END AS modify) AS normal
        CROSS JOIN (SELECT '{{"r": "READ_ONLY", "s": "SHAREABLE", "w": "READ_WRITE"}}'::jsonb AS of) AS words
        CROSS JOIN LATERAL (
            SELECT string_agg(t.name, ', ' ORDER BY t.place) AS plain,
                   string_agg(t.name, ', ' ORDER BY t.place)
                     FILTER (WHERE t.place <= a.aggnumdirectargs) AS direct,
                   -- an ordered-set aggregate whose direct arguments are variadic takes the same ones again
                   string_agg(t.name, ', ' ORDER BY t.place)
                     FILTER (WHERE t.place > least(a.aggnumdirectargs, p.pronargs - 1)) AS ordered
            FROM (SELECT CASE WHEN p.provariadic <> 0 AND u.place = p.pronargs THEN 'VARIADIC ' ELSE '' END
                         || format_type(u.type, NULL) AS name, u.place
                  FROM unnest(p.proargtypes) WITH ORDINALITY AS u(type, place)) AS t
        ) AS types
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_proc", "p.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("routine", self.signature),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._statement("CREATE AGGREGATE"),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP AGGREGATE {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def must_replace(self, before: "Aggregate") -> bool:
        """Arguments that have names keep them."""
        return before.named_arguments and self.arguments != before.arguments

    def alter_options(self, before: "Aggregate") -> tuple[Statement, ...]:
        return (self._statement("CREATE OR REPLACE AGGREGATE"),)

    def _statement(self, verb: str) -> Statement:
        options = ",\n    ".join(self.options)
        return Statement(Sql(f"{verb} {self.name}({self.arguments}) (\n    {options}\n)"))
