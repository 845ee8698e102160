"""A column's NOT NULL: a flag, since Postgres 18 with a constraint of its own behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemadiff.catalog.sql import LONGEST_NAME, Quoted, Sql, last_name, literal, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepNote, StepOperation
from schemadiff.catalog.statements.questions import RowsWhere
from schemadiff.catalog.statements.statement import Clause, Phase, Statement, asking
from schemadiff.catalog.versions import NAMES_NOT_NULL, Version

NAMED = (
    """CASE WHEN {told} THEN
                 ARRAY[quote_ident(nn.conname), CASE WHEN nn.connoinherit THEN ' NO INHERIT' ELSE '' END,
                       CASE WHEN nn.convalidated THEN '' ELSE ' NOT VALID' END, coalesce(nd.description, '')] END""",
    "coalesce(nn.conislocal, true)",
    "a.attnotnull AND a.attinhcount > 0 AND coalesce(nn.coninhcount, 0) = 0",
    """LEFT JOIN pg_catalog.pg_constraint AS nn
          ON nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey[1] = a.attnum
        LEFT JOIN pg_catalog.pg_description AS nd
          ON nd.objoid = nn.oid AND nd.classoid = 'pg_catalog.pg_constraint'::regclass""",
)
NAMELESS = (
    "NULL::text[]",
    "true",
    """a.attnotnull AND a.attinhcount > 0 AND NOT EXISTS (
             SELECT FROM pg_catalog.pg_inherits AS h
             JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
             WHERE h.inhrelid = c.oid AND pa.attnotnull)""",
    "",
)
"""For the NOT NULL of column `a`: name, inheritance, validity and comment; whether the table has it from no parent
alone, and from none at all; what finds them. The one since Postgres 18, the other before."""


def not_null_query(version: Version) -> tuple[str, str, str, str]:
    """The expressions above for a server of `version`.

    One that knows no names is told of what cannot be without: of rows that may break it, and of a parent's alone.
    """
    if not version.has(NAMES_NOT_NULL):
        return NAMELESS
    told = "nn.oid IS NOT NULL" if version.tells(NAMES_NOT_NULL) else "nn.connoinherit OR NOT nn.convalidated"
    constraint, local, own, joined = NAMED
    return constraint.format(told=told), local, own, joined


Constrained = tuple[str, ...] | None


def renamed_apart(old: Constrained, new: Constrained, above_old: Constrained, above_new: Constrained) -> bool:
    """Whether a child's constraint and its parent's do not go from one common name to another."""
    if not (old and new and above_old and above_new) or any(form[1] for form in (old, new, above_old, above_new)):
        return False
    renamed = old[0] != new[0] or above_old[0] != above_new[0]
    together = (old[0], new[0]) == (above_old[0], above_new[0])
    return renamed and not together


def renamed_with(mine: Constrained, above_old: Constrained, above_new: Constrained) -> Constrained:
    """A child's constraint when its parent's is renamed."""
    if not (mine and above_old and above_new) or above_old[1] or above_new[1] or mine[0] != above_old[0]:
        return mine
    return (above_new[0], *mine[1:])


_REQUIRED = Purpose(fields=(), changes=(RawChange("not_null", False, True),))
_REQUIRED_OF_NEW_ROWS = replace(_REQUIRED, note=StepNote.NOT_VALID)


@dataclass(frozen=True, slots=True)
class NotNull:
    """What keeps NULL out of one column; `constraint` is None before Postgres 18."""

    table: Quoted
    """What stands after ALTER: `TABLE s.t`."""
    relation: Quoted
    column: Quoted
    position: int
    has_children: bool
    constraint: Constrained
    aside: bool = False
    """Whether another constraint of the table takes the name."""

    def clause(self) -> str:
        """NOT NULL as a column's definition says it; that of rows which may break it can only follow."""
        if self.constraint is None:
            return " NOT NULL"
        name, inherits, valid, _ = self.constraint
        if valid:
            return ""
        return (f" CONSTRAINT {name}" if name != self._usual_name() else "") + f" NOT NULL{inherits}"

    def remainder(self) -> Iterator[Statement]:
        """What the clause cannot say."""
        if self.constraint is None:
            return
        if self.constraint[2]:
            yield replace(self._alter(f"{self._addition()}{self.constraint[2]}"), purpose=_REQUIRED_OF_NEW_ROWS)
        if self.constraint[3]:
            yield self._comment()

    def add(self) -> Iterator[Statement]:
        """By way of a check that is validated first, so that no scan runs under a strong lock."""
        if self.constraint and self.constraint[2]:
            yield from self.remainder()
            return
        check = Quoted(f'"schemadiff not null {self.position}"')
        yield replace(
            self._alter(f"ADD CONSTRAINT {check} CHECK ({self.column} IS NOT NULL) NOT VALID"),
            guards=True,
            purpose=Purpose(StepOperation.ADD_CHECK),
        )
        yield replace(self._validated(check), purpose=Purpose(StepOperation.VALIDATE_CHECK))
        yield replace(self._alter(self._addition()), phase=Phase.FINISH, purpose=_REQUIRED)
        yield replace(
            self._alter(f"DROP CONSTRAINT {check}"),
            phase=Phase.FINISH,
            purpose=Purpose(StepOperation.DROP_CHECK),
        )
        yield from (replace(statement, phase=Phase.FINISH) for statement in self.remainder())

    def require(self) -> Iterator[Statement]:
        """The same where there are no rows."""
        if not (self.constraint and self.constraint[2]):
            yield replace(self._alter(self._addition()), purpose=_REQUIRED)
        yield from self.remainder()

    def drop(self) -> Iterator[Statement]:
        """Let the column be NULL."""
        dropped = self._alter(f"ALTER COLUMN {self.column} DROP NOT NULL")
        yield replace(dropped, purpose=Purpose(fields=(), changes=(RawChange("not_null", True, False),)))

    def change(self, before: "NotNull") -> Iterator[Statement]:
        """What leads from another constraint on the same column to this one."""
        assert self.constraint is not None and before.constraint is not None
        (name, inherits, valid, comment), old = self.constraint, before.constraint
        if valid and not old[2]:
            yield from before.drop()
            yield from self.remainder()
            return
        if before.aside:
            between = Quoted(f'"schemadiff not null {self.position}"')
            yield self._alter(f"RENAME CONSTRAINT {old[0]} TO {between}")
            freed = replace(before, constraint=(between, *old[1:]), aside=False)
            yield from (replace(made, phase=max(made.phase, Phase.FINISH)) for made in self.change(freed))
            return
        if name != old[0]:
            yield self._alter(f"RENAME CONSTRAINT {old[0]} TO {name}")
        if inherits != old[1]:
            yield self._alter(f"ALTER CONSTRAINT {name}{inherits or ' INHERIT'}")
        if comment != old[3]:
            yield self._comment()
        if old[2] and not valid:
            yield self._validated(Quoted(name))

    def _validated(self, name: Quoted) -> Statement:
        clause = Clause(Sql(f"ALTER {self.table}"), Sql(f"VALIDATE CONSTRAINT {name}"), name)
        made = Statement(clause.whole, (Hazard.LONG_SCAN,), clause=clause)
        return replace(asking(made, self._question()), phase=Phase.VALIDATE)

    def _question(self) -> RowsWhere:
        return RowsWhere(
            object=f"column {self.relation}.{self.column}",
            problem=Problem.of(ProblemKind.NULL, self.column),
            table=self.relation,
            reads=(),
            condition=Sql(f"{self.column} IS NULL"),
        )

    def question_of_new(self) -> RowsWhere:
        """The same of a column that rows get without a value: each one is in the way."""
        problem = Problem.of(ProblemKind.NULL_IN_NEW_COLUMN, self.column)
        return replace(self._question(), problem=problem, condition=Sql("true"))

    def _addition(self) -> str:
        if self.constraint is None or (self.constraint[0] == self._usual_name() and not any(self.constraint[1:3])):
            return f"ALTER COLUMN {self.column} SET NOT NULL"
        return f"ADD CONSTRAINT {self.constraint[0]} NOT NULL {self.column}{self.constraint[1]}"

    def _usual_name(self) -> str | None:
        """The name that Postgres gives where none is told, unless it may be taken or would have to be shorter."""
        if self.has_children:  # which bear the same one and may be made before
            return None
        name = f"{unquoted(last_name(self.relation))}_{unquoted(self.column)}_not_null"
        assert self.constraint is not None
        same = unquoted(Quoted(self.constraint[0])) == name and len(name.encode()) <= LONGEST_NAME
        return self.constraint[0] if same else None

    def _comment(self) -> Statement:
        assert self.constraint is not None
        text = literal(self.constraint[3]) if self.constraint[3] else "NULL"
        made = Statement(Sql(f"COMMENT ON CONSTRAINT {self.constraint[0]} ON {self.relation} IS {text}"))
        return replace(made, purpose=Purpose(fields=("not_null_constraint",)))

    def _alter(self, action: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"ALTER {self.table} {action}"), hazards)
