"""A column of another type that is filled beside the old one and then takes its place and its name.

From the creation of the trigger on, each row that is written gets its new value, too; batches take the rows that
were there before. Only the swap locks the table, for a moment.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.sql import Quoted, Sql, beside, last_name, quote_ident, unquoted
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepNote, StepOperation
from schemadiff.catalog.statements.statement import Phase, Statement, asking
from schemadiff.desired.data_steps.batch import BATCH
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.planning.archive.saved.contents import CLOSING, Place
from schemadiff.planning.archive.saved.rows import Rows
from schemadiff.planning.online.other_names import with_column

_ROWS = 1000
"""Of the first batch; what is quick lets them grow."""
_CHECKS = frozenset({StepOperation.ADD_CHECK, StepOperation.VALIDATE_CHECK, StepOperation.DROP_CHECK})
"""What stands around SET NOT NULL, so that it scans nothing under its lock."""
_LAST = "the column then stands last, which clients notice that count columns"


@dataclass(frozen=True, slots=True)
class Successor:
    """The column `after`, which takes the place of `before`; `place` is where the trigger's function lies.

    `rows` are how batches find those of the table.
    """

    before: Column
    after: Column
    rows: Rows
    place: Place

    @property
    def name(self) -> Quoted:
        """What the new column is called until it takes the old one's name."""
        return beside(self.after.name, "schemadiff")

    @property
    def waiting(self) -> Column:
        """The new column as it is made: under another name, and without NOT NULL."""
        return replace(self.after, name=self.name, not_null=False, not_null_constraint=None)

    def prepare(self, addition: Statement) -> Iterator[Statement]:
        """The column by `addition`, in which nothing stands yet, and the trigger that gives it values from then on."""
        yield self.place.record()
        _, *more = self.waiting.create_online()
        told = Purpose.of(StepOperation.ADD_SUCCESSOR, self.after.id)
        yield addition
        for statement in more:
            yield replace(statement, purpose=told)
        in_step = Purpose.of(StepOperation.KEEP_FILLED, self.after.id)
        yield Statement(self._function(), purpose=in_step)
        for revoke in self.place.others.private_function(f"{self.place.relation}()"):
            yield Statement(revoke, purpose=in_step)
        table, name = self.after.table, self.trigger
        runs = f"FOR EACH ROW EXECUTE FUNCTION {self.place.relation}()"
        yield Statement(Sql(f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table}\n    {runs}"), purpose=in_step)
        # what a replication applies counts as well
        yield Statement(Sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"), purpose=in_step)

    def addition(self) -> Statement:
        """What adds the new column; which rows hold values that it does not take is asked before."""
        added, *_ = self.waiting.create_online()
        made = Statement(added.sql, purpose=Purpose.of(StepOperation.ADD_SUCCESSOR, self.after.id))
        return asking(made, self.after.typed().question(self.after.table))

    def filling(self) -> Backfill:
        """The batches that give rows their values which were there before the trigger."""
        value = self._value()
        condition = f"{BATCH} AND {self.name} IS NULL AND ({value}) IS NOT NULL"
        words = Sql(f"UPDATE {self.rows.table} SET {self.name} = {value}\n    WHERE {condition}")
        table, key = Sql(self.rows.table), Sql(self.rows.keys())
        sha256 = hashlib.sha256("\0".join((words, table, key)).encode()).hexdigest()
        name = f"values of {self.after.identity} as {self.after.type}"
        return Backfill(name, words, table, key, _ROWS, sha256, (self.name,), adapts=True, made=True)

    def require(self) -> Iterator[Statement]:
        """That each row has its value, as NOT NULL where it is that, by way of a check that is validated."""
        if not self.after.not_null:
            yield from self._complete()
            return
        constraint = self.after.not_null_constraint
        apart = None if constraint is None else (beside(Quoted(constraint[0]), "schemadiff"), *constraint[1:3], "")
        required = replace(self.waiting, not_null=True, not_null_constraint=apart)
        for statement in required.alter_not_null(self.waiting):
            checks = statement.purpose is not None and statement.purpose.operation in _CHECKS
            operation = StepOperation.CHECK_FILLED if checks else StepOperation.REQUIRE_FILLED
            hazards = tuple(one for one in statement.hazards if one is not Hazard.MAY_FAIL_ON_DATA)
            told = Purpose.of(operation, self.after.id)
            yield replace(statement, purpose=told, questions=(), hazards=hazards)

    def _complete(self) -> Iterator[Statement]:
        """A check that goes with the old column: what fills the new one must not have passed over a row."""
        check = Quoted(f'"schemadiff filled {self.before.position}"')
        complete = f"{self.name} IS NOT NULL OR ({self._value()}) IS NULL"
        added = Sql(f"ALTER TABLE {self.before.table} ADD CONSTRAINT {check} CHECK ({complete}) NOT VALID")
        yield Statement(added, purpose=Purpose.of(StepOperation.CHECK_FILLED, self.after.id))
        validated = Sql(f"ALTER TABLE {self.before.table} VALIDATE CONSTRAINT {check}")
        purpose = Purpose.of(StepOperation.CHECK_FILLED, self.after.id)
        yield Statement(validated, (Hazard.LONG_SCAN,), Phase.VALIDATE, purpose=purpose)

    def _value(self) -> Sql:
        return self.after.typed().value_of(self.before.typed(), self.before.name)

    def bearing(self, built: Constraint | Index) -> Constraint | Index | None:
        """An index or a key as it is built on the new column; None where a word may mean that or something else."""
        if isinstance(built, Constraint):
            definition = with_column(built.definition, self.after.name, self.name)
            columns = tuple(self.name if name == self.after.name else name for name in built.columns)
            return None if definition is None else replace(built, definition=definition, columns=columns)
        begin, using, rest = built.text.partition(" USING ")
        text = with_column(Sql(rest), self.after.name, self.name)
        return None if text is None else replace(built, text=Sql(f"{begin}{using}{text}"))

    def give_way(self) -> Statement:
        """The old column goes, while its values stand in the new one."""
        words = Sql(f"ALTER TABLE {self.before.table} DROP COLUMN {self.before.name}")
        risks = [Risk(Hazard.BREAKS_CLIENTS, "column.position", _LAST)]
        if any(Hazard.DATA_LOSS in one.hazards for one in self.after.typed().change(self.before.typed())):
            risks.insert(0, Risk(Hazard.DATA_LOSS, "column.type-narrows"))
        purpose = Purpose.of(StepOperation.GIVE_WAY, self.before.id)
        return Statement(words, tuple(one.hazard for one in risks), purpose=purpose, risks=tuple(risks))

    def succeed(self) -> Iterator[Statement]:
        """The new column takes the name."""
        yield from self.stop()
        renamed = Sql(f"ALTER TABLE {self.after.table} RENAME COLUMN {self.name} TO {self.after.name}")
        changes = (
            RawChange("type", self.before.type, self.after.type),
            RawChange("collation", self.before.collation, self.after.collation),
        )
        yield Statement(renamed, purpose=Purpose(StepOperation.ALTER, None, (), changes, StepNote.IN_BATCHES))
        if self.after.not_null_constraint is not None:
            constraint = self.after.not_null_constraint
            apart = (beside(Quoted(constraint[0]), "schemadiff"), *constraint[1:3], "")
            for statement in self.after.alter_not_null(replace(self.after, not_null_constraint=apart)):
                yield replace(statement, purpose=Purpose(fields=()))

    def stop(self) -> Iterator[Statement]:
        """The trigger and its function are dropped."""
        purpose = Purpose.of(StepOperation.END_FILLING, self.after.id)
        yield Statement(Sql(f"DROP TRIGGER {self.trigger} ON {self.after.table}"), purpose=purpose)
        yield from self.abandon()

    def abandon(self) -> Iterator[Statement]:
        """The trigger's function is dropped, when the trigger is gone."""
        purpose = Purpose.of(StepOperation.END_FILLING, self.after.id)
        yield Statement(Sql(f"DROP FUNCTION {self.place.relation}()"), purpose=purpose)
        yield self.place.strike()
        yield CLOSING

    @property
    def trigger(self) -> Quoted:
        """A name behind those of other triggers, in whose order they run: the last one sees what all have written."""
        return beside(quote_ident(f"~ {unquoted(self.after.name)}"), "schemadiff")

    def _function(self) -> Sql:
        new, old = f"NEW.{self.before.name}", f"OLD.{self.before.name}"
        if self.after.using is None:
            value = str(self.after.typed().value_of(self.before.typed(), new))
            same = f"ROW({old})::record OPERATOR(pg_catalog.*=) ROW({new})::record"
            condition = f"\n    IF TG_OP = 'UPDATE' AND {same} THEN\n        RETURN NEW;\n    END IF;"
        else:
            value = f"(SELECT {self.after.using} FROM (SELECT NEW.*) AS {last_name(self.after.table)})"
            condition = ""
        body = f"""
#variable_conflict use_column
BEGIN{condition}
    NEW.{self.name} := {value};
    RETURN NEW;
END
"""
        quote = next(f"${tag}$" for tag in ("", "fill", "fills") if f"${tag}$" not in body)
        return Sql(
            f"CREATE FUNCTION {self.place.relation}() RETURNS trigger\n"
            f"    LANGUAGE plpgsql SET search_path = ''\nAS {quote}{body}{quote}"
        )
