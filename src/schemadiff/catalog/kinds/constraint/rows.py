"""The rows that a constraint of a table refuses: how they are read from the catalog, and told."""

from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.questions import Alike, Conflicts, Orphans, Question, RowsWhere
from schemadiff.catalog.versions import HAS_PERIODS, Version

_OPERATORS = """ARRAY(SELECT (SELECT CASE WHEN o.oprnamespace = 'pg_catalog'::regnamespace THEN o.oprname::text
                                    ELSE (SELECT format('OPERATOR(%%I.%%s)', os.nspname, o.oprname)
                                          FROM pg_catalog.pg_namespace AS os WHERE os.oid = o.oprnamespace) END
                               FROM pg_catalog.pg_operator AS o WHERE o.oid = u.oid) FROM unnest({}) AS u (oid))"""


def rows_query(version: Version) -> str:
    """The carried fields from `columns` to `match_full` for the constraint `k` of table `c`."""
    period = "k.conperiod" if version.has(HAS_PERIODS) else "false"
    return f"""k.columns,
               CASE WHEN k.contype = 'x' OR k.contype IN ('p', 'u') AND {period}
                    THEN ARRAY(SELECT pg_get_indexdef(k.conindid, place, false)
                               FROM generate_series(1, cardinality(k.conexclop)) AS place) ELSE '{{}}' END AS keys,
               CASE WHEN k.contype = 'f' THEN {_OPERATORS.format("k.conpfeqop")}
                    WHEN k.conexclop IS NOT NULL THEN {_OPERATORS.format("k.conexclop")} END AS operators,
               CASE k.contype WHEN 'c' THEN k.condition WHEN 'x' THEN pg_get_expr(i.indpred, i.indrelid) END
                 AS expression,
               k.connoinherit AS no_inherit, k.target, k.contype = 'f' AND r.relkind = 'p' AS target_partitioned,
               k.target_columns, {period} AS period, k.confmatchtype = 'f' AS match_full"""


@dataclass(frozen=True, slots=True)
class ConstraintRows:
    """What the rows of `table` must satisfy, for one constraint of type `type` (as pg_constraint has it)."""

    name: Quoted
    table: Quoted
    type: str
    definition: Sql
    partitioned: bool
    columns: tuple[Quoted, ...]
    keys: tuple[Sql, ...]
    operators: tuple[str, ...]
    expression: Sql | None
    no_inherit: bool
    target: Quoted | None
    target_partitioned: bool
    target_columns: tuple[Quoted, ...]
    period: bool
    match_full: bool
    nulls_distinct: bool

    def question(self) -> Question:
        """Which rows are in the way of the constraint."""
        if self.type == "c":
            return self._check()
        if self.type == "f":
            return self._foreign_key()
        return self._conflicts() if self.keys else self._alike()

    @property
    def _object(self) -> str:
        return f"table constraint {self.name} ON {self.table}"

    def _check(self) -> RowsWhere:
        assert self.expression is not None
        return RowsWhere(
            object=self._object,
            problem=Problem.of(ProblemKind.CHECK, self.definition),
            table=self.table,
            own_rows=self.no_inherit,
            condition=Sql(f"NOT ({self.expression})"),
            columns=self.columns,
        )

    def _alike(self) -> Alike:
        return Alike(
            object=self._object,
            problem=Problem.of(ProblemKind.DUPLICATE, ", ".join(self.columns)),
            table=self.table,
            own_rows=not self.partitioned,
            values=tuple(Sql(column) for column in self.columns),
            nulls_distinct=self.nulls_distinct,
        )

    def _foreign_key(self) -> Orphans:
        assert self.target is not None
        source = self.target if self.target_partitioned else f"ONLY {self.target}"
        problem = Problem.of(ProblemKind.ORPHAN, self.target)
        if self.match_full and len(self.columns) > 1:
            problem = Problem.of(ProblemKind.ORPHAN_OR_HALF_EMPTY, self.target, ", ".join(self.columns))
        return Orphans(
            object=self._object,
            problem=problem,
            table=self.table,
            own_rows=not self.partitioned,
            columns=self.columns,
            target=self.target,
            target_source=Sql(source),
            target_columns=self.target_columns,
            operators=self.operators,
            full=self.match_full,
            period=self.period,
        )

    def _conflicts(self) -> Conflicts:
        return Conflicts(
            object=self._object,
            problem=Problem.of(ProblemKind.EXCLUSION, ", ".join(self.keys)),
            table=self.table,
            own_rows=not self.partitioned,
            values=self.keys,
            operators=self.operators,
            predicate=self.expression,
        )
