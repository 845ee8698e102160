"""What functions and procedures have in common."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.declaring.row import row_class
from schemadiff.catalog.kinds.shared.membership import of_no_other
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement, changing


@row_class
class Routine(CatalogObject):
    """A routine written by one CREATE OR REPLACE statement, which the server prints.

    The carried fields say what CREATE OR REPLACE cannot change. Source: Postgres docs, CREATE FUNCTION.
    """

    definition: Sql = alters()
    extensions: tuple[Quoted, ...] = alters()
    """Extensions that the routine is marked to depend on."""
    result: Sql = carries()
    outputs: tuple[str, ...] = carries()
    """Name and type of each output argument if there is more than one."""
    argument_names: tuple[str, ...] = carries()
    """Names of the input arguments, empty where one has none."""
    default_count: int = carries()
    loose_defaults: str | None = carries()
    """The defaults where types of arguments are polymorphic, so that a default decides on its type."""
    variadic: bool = carries()
    signature: str = carries()
    """Name and input types: what no other routine may have."""
    shorter: tuple[str, ...] = carries()
    """The same of calls that leave arguments to their defaults: beside such a routine these are not unique."""
    security_definer: bool = carries()
    """Whether it runs with its owner's rights."""
    settings: tuple[str, ...] = carries()
    """The settings under which it runs, as `name=value`."""

    def claims(self) -> tuple[tuple[str, str], ...]:
        return tuple(("routine", signature) for signature in (self.signature, *self.shorter))

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield Statement(Sql(self.definition.replace("CREATE OR REPLACE ", "CREATE ", 1)))
        for extension in self.extensions:
            yield from changing([self._depend(f"DEPENDS ON EXTENSION {extension}")], "extensions")

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP {self.KEYWORD} {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def must_replace(self, before: "Routine") -> bool:
        """Results, names of input arguments, the number of defaults and their types stay."""
        names = self.argument_names or [""] * len(before.argument_names)  # none at all where no argument has a name
        return (
            any(old and old != new for old, new in zip(before.argument_names, names, strict=False))
            or self.result != before.result
            or self.outputs != before.outputs
            or self.variadic != before.variadic
            or self.default_count < before.default_count
            or (before.loose_defaults is not None and self.loose_defaults != before.loose_defaults)
        )

    def alter_definition(self, before: "Routine") -> tuple[Statement, ...]:
        return (Statement(self.definition),)

    def alter_extensions(self, before: "Routine") -> Iterator[Statement]:
        for extension in before.extensions:
            if extension not in self.extensions:
                yield self._depend(f"NO DEPENDS ON EXTENSION {extension}")
        for extension in self.extensions:
            if extension not in before.extensions:
                yield self._depend(f"DEPENDS ON EXTENSION {extension}")

    def _depend(self, action: str) -> Statement:
        return Statement(Sql(f"ALTER {self.KEYWORD} {self.identity} {action}"))


def routine_query(prokinds: str, types: str, more: str = "") -> str:
    """The catalog query for routines of `prokinds`; `types` renders the argument types in the identity.

    `more` are columns after those of Routine, each with a comma behind it.
    """
    return f"""
        SELECT p.oid::int8 AS objid, 0 AS objsubid,
               format('%%I.%%I(%%s)', n.nspname, p.proname, {types}) AS identity,
               rtrim(pg_get_functiondef(p.oid), E'\\n') AS definition,
               ARRAY(SELECT quote_ident(x.extname) FROM pg_catalog.pg_depend AS d
                     JOIN pg_catalog.pg_extension AS x ON x.oid = d.refobjid
                     WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'x'
                       AND d.refclassid = 'pg_catalog.pg_extension'::regclass
                     ORDER BY x.extname) AS extensions,
               CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END || format_type(p.prorettype, NULL) AS result,
               CASE WHEN p.prorettype = 'pg_catalog.record'::regtype THEN
                 ARRAY(SELECT coalesce(quote_ident(a.name), '') || ' ' || format_type(a.type, NULL)
                       FROM unnest(p.proallargtypes, p.proargmodes, p.proargnames)
                         WITH ORDINALITY AS a(type, mode, name, place)
                       WHERE a.mode IN ('o', 'b', 't') ORDER BY a.place) ELSE '{{}}' END AS outputs,
               ARRAY(SELECT coalesce(a.name, '') FROM unnest(p.proargnames, p.proargmodes)
                       WITH ORDINALITY AS a(name, mode, place)
                     WHERE coalesce(a.mode, 'i') IN ('i', 'b', 'v') ORDER BY a.place) AS argument_names,
               p.pronargdefaults::int4 AS default_count,
               CASE WHEN p.pronargdefaults > 0
                     AND EXISTS (SELECT FROM pg_catalog.pg_type AS t
                                 WHERE t.oid = ANY(p.proargtypes::oid[]) AND t.typtype = 'p')
                    THEN pg_get_expr(p.proargdefaults, 0) END AS loose_defaults,
               p.provariadic <> 0 AS variadic,
               format('%%I.%%I(%%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS signature,
               CASE WHEN p.pronargdefaults > 0 THEN
                 ARRAY(SELECT format('%%I.%%I(%%s)', n.nspname, p.proname,
                                     (SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.place)
                                      FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, place)
                                      WHERE a.place <= p.pronargs - omitted))
                       FROM generate_series(1, p.pronargdefaults) AS omitted) ELSE '{{}}' END AS shorter,
               p.prosecdef AS security_definer, coalesce(p.proconfig, '{{}}') AS settings,
               {more}quote_ident(pg_get_userbyid(p.proowner)) AS owner,
               coalesce(p.proacl, acldefault('f', p.proowner))::text[] AS acl
        FROM pg_catalog.pg_proc AS p
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        WHERE p.prokind IN ({prokinds}) AND n.oid = ANY(%(schemas)s)
          AND {of_no_other("pg_proc", "p.oid")}
    """
