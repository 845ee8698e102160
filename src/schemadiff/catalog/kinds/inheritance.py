"""What ties a table to its parents: INHERITS, or a partition's place in a partitioned table."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind, Reason, ReasonKind
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.questions import Question, RowsWhere, Unasked
from schemadiff.catalog.statements.statement import Statement, asking


@kind("inheritance", catalog="pg_inherits", keyword="TABLE")
class Inheritance(CatalogObject):
    """The parents of a table, in order; a partition has one, and the bound of its rows."""

    parents: tuple[Quoted, ...] = alters(by="alter_parents")
    bound: Sql | None = alters(by="alter_parents", words="partition bound")
    child_kind: str = carries()
    referenced: bool = carries()
    """Whether a foreign key points at a parent."""
    rule: Sql | None = carries()
    """What is true for the rows of a partition; None where a hash further up is a part of it."""
    rule_needs_parent: bool = carries()
    default_partition: Quoted | None = carries()
    """The partition beside this one that holds the rows which no other claims."""

    WORDS = Words(
        create="join {name} to its parents", drop="part {name} from its parents", alter="change the parents of {name}"
    )
    RARE = "pg_inherits"
    MOVES_WITH_TABLE = True
    STANDS_FOR = tuple((child, "table", deptype) for child in ("table", "foreign table") for deptype in ("n", "a"))
    NAMED_AFTER_OTHERS = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               p.parents, pg_get_expr(c.relpartbound, c.oid) AS bound,
               CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END AS child_kind,
               EXISTS (SELECT FROM pg_catalog.pg_inherits AS r
                       JOIN pg_catalog.pg_constraint AS k ON k.confrelid = r.inhparent AND k.contype = 'f'
                       WHERE r.inhrelid = c.oid) AS referenced,
               CASE WHEN r.rule ~ '''[0-9]+''::oid' THEN NULL ELSE r.rule END AS rule,
               coalesce(r.rule LIKE '%%''::regclass%%', false) AS rule_needs_parent,
               (SELECT format('%%I.%%I', dn.nspname, d.relname)
                FROM pg_catalog.pg_partitioned_table AS w
                JOIN pg_catalog.pg_class AS d ON d.oid = w.partdefid AND d.oid <> c.oid
                JOIN pg_catalog.pg_namespace AS dn ON dn.oid = d.relnamespace
                WHERE c.relispartition AND w.partrelid = p.first) AS default_partition
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN (SELECT i.inhrelid, array_agg(format('%%I.%%I', pn.nspname, pc.relname) ORDER BY i.inhseqno) AS parents,
                     min(quote_literal(format('%%I.%%I', pn.nspname, pc.relname)) || '::regclass') AS parent,
                     min(pc.oid::int8)::oid AS first
              FROM pg_catalog.pg_inherits AS i
              JOIN pg_catalog.pg_class AS pc ON pc.oid = i.inhparent
              JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
              GROUP BY i.inhrelid) AS p ON p.inhrelid = c.oid
        CROSS JOIN LATERAL (SELECT CASE WHEN c.relispartition THEN
                              replace(pg_get_partition_constraintdef(c.oid), format('''%%s''::oid', p.first), p.parent)
                              END AS rule OFFSET 0) AS r
        WHERE c.relkind IN ('r', 'p', 'f') AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
    """

    def within(self) -> Identity:
        return Identity(self.child_kind, self.identity)

    def uses(self) -> tuple[Identity, ...]:
        return (self.within(), *(Identity("table", parent) for parent in self.parents))

    def clause(self, parts: tuple[Sql, ...] = ()) -> Sql | None:
        return None if self.bound is not None else Sql(f"INHERITS ({', '.join(self.parents)})")

    def claims(self) -> tuple[tuple[str, str], ...]:
        """Bounds of one parent's partitions may overlap what others had: all leave before any joins."""
        return tuple(("bounds", parent) for parent in self.parents) if self.bound is not None else ()

    def must_replace(self, before: "Inheritance") -> bool:
        return (self.bound, before.bound) != (None, None)

    def kept(self, before: "Inheritance") -> tuple[Quoted, ...]:
        """Parents of `before` that the table stays joined to all the while."""
        kept = tuple(parent for parent in before.parents if parent in self.parents)
        # The order of the parents is the order in which they were joined.
        return kept if kept == self.parents[: len(kept)] else ()

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        for parent in self.parents:
            yield self._join(parent)

    def drop(self) -> Iterator[Statement]:
        for parent in self.parents:
            yield self._leave(parent)

    def alter_parents(self, before: "Inheritance") -> Iterator[Statement]:
        kept = self.kept(before)
        for parent in before.parents:
            if parent not in kept:
                leaving = before._leave(parent)
                yield staying(leaving) if parent in self.parents else leaving
        for parent in self.parents:
            if parent not in kept:
                yield self._join(parent)

    def _join(self, parent: Quoted) -> Statement:
        if self.bound is not None:
            made = Sql(f"ALTER TABLE {parent} ATTACH PARTITION {self.identity} {self.bound}")
            attaching = Statement(made, (Hazard.LONG_SCAN,), purpose=_of(StepOperation.ATTACH, None, parent))
            return asking(attaching, *self._questions(parent))
        made = Sql(f"ALTER {self.child_kind.upper()} {self.identity} INHERIT {parent}")
        return Statement(made, purpose=_of(StepOperation.INHERIT, None, parent))

    def _leave(self, parent: Quoted) -> Statement:
        if self.bound is not None:
            made, operation = Sql(f"ALTER TABLE {parent} DETACH PARTITION {self.identity}"), StepOperation.DETACH
        else:
            made = Sql(f"ALTER {self.child_kind.upper()} {self.identity} NO INHERIT {parent}")
            operation = StepOperation.DISINHERIT
        leaving = Statement(made, (Hazard.HIDES_ROWS,), purpose=_of(operation, parent, None))
        if self.bound is None or not self.referenced:
            return leaving
        problem, why = Problem(ProblemKind.UNTOLD), Reason(ReasonKind.REFERENCES)
        name = f"table {self.identity}"
        return asking(leaving, Unasked(object=name, problem=problem, table=self.identity, reads=(), why=why))

    def _questions(self, parent: Quoted) -> Iterator[Question]:
        """The rows must be within the bound, and the default partition must not hold any that are."""
        if self.rule is None:
            why = Reason(ReasonKind.NUMBERED_BOUND)
            problem = Problem(ProblemKind.UNTOLD)
            yield Unasked(object=f"table {self.identity}", problem=problem, table=self.identity, why=why)
            return
        yield RowsWhere(
            object=f"table {self.identity}",
            problem=Problem.of(ProblemKind.OUTSIDE_OF_PARTITION, self.bound, parent),
            table=self.identity,
            reads=(Identity("table", parent),) if self.rule_needs_parent else (),
            condition=Sql(f"NOT ({self.rule})"),
        )
        if self.default_partition is not None:
            yield RowsWhere(
                object=f"table {self.default_partition}",
                problem=Problem.of(ProblemKind.OF_NEW_PARTITION, self.identity),
                table=self.default_partition,
                reads=(Identity("table", parent),) if self.rule_needs_parent else (),
                condition=Sql(self.rule),
            )


def _of(operation: StepOperation, before: Quoted | None, after: Quoted | None) -> Purpose:
    return Purpose(operation, fields=(), changes=(RawChange("parents", before, after),))


def staying(leaving: Statement) -> Statement:
    """The statement by which a table leaves a parent that it joins again at once."""
    return replace(leaving, hazards=tuple(hazard for hazard in leaving.hazards if hazard is not Hazard.HIDES_ROWS))
