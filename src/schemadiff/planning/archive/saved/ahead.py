"""Values of a column of a large table: archived in batches before, kept in step meanwhile, and given back in batches.

Only the drop itself locks the table. From the creation of the trigger on, each write to the table writes to the
archive, too; batches take the rows that were there before, and leave alone what the trigger has written.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.fingerprint import digest
from schemadiff.catalog.sql import LONGEST_NAME, Quoted, Sql, quote_ident, unquoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.desired.data_steps.batch import BATCH
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.planning.archive.saved.columns import SavedColumn

_FIRST_BATCH = 1000


@dataclass(frozen=True, slots=True)
class ColumnAhead(SavedColumn):
    """A dropped column whose values are archived before the script comes to it; `default` if it has one."""

    default: bool = False

    def save(self) -> Iterator[Statement]:
        """Right before the drop: all is archived, and nothing has to be kept in step any more."""
        for name in self._triggers():
            words = f"DROP TRIGGER {name} ON {self.rows.table}"
            yield Statement(Sql(words), purpose=self.place.purpose(StepOperation.END_KEEPING))
        yield self._without_function()

    def give_back(self) -> Iterator[Statement]:
        """Batches of their own give the values back."""
        return iter(())

    def prepare(self) -> Iterator[Statement]:
        """The archive's table, in which nothing stands yet, and the trigger that keeps it in step."""
        query = f"SELECT {self.rows.keys()}, {self.value.saved()}\n    FROM {self.rows.table} WITH NO DATA"
        yield from self.place.create(query, StepOperation.PREPARE_NOTES)
        yield Statement(
            Sql(f"ALTER TABLE {self.place.relation} ADD PRIMARY KEY ({self.rows.keys()})"),
            purpose=self.place.purpose(StepOperation.INDEX_SAVED),
        )
        yield self.place.record()
        purpose = self.place.purpose(StepOperation.KEEP_IN_STEP)
        yield Statement(self._function_definition(), purpose=purpose)
        for revoke in self.place.others.private_function(f"{self.place.relation}()"):
            yield Statement(revoke, purpose=self.place.purpose(StepOperation.CLOSE_SAVED))
        rows, whole = self._triggers()
        table, runs = self.rows.table, f"EXECUTE FUNCTION {self.place.relation}()"
        each = "AFTER INSERT OR UPDATE OR DELETE"
        yield Statement(Sql(f"CREATE TRIGGER {rows} {each} ON {table}\n    FOR EACH ROW {runs}"), purpose=purpose)
        yield Statement(Sql(f"CREATE TRIGGER {whole} AFTER TRUNCATE ON {table}\n    {runs}"), purpose=purpose)
        for name in (rows, whole):  # what a replication applies counts as well
            yield Statement(Sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"), purpose=purpose)

    def archiving(self) -> tuple[Backfill, Statement]:
        """The batches that archive what was there before the trigger.

        A row that is being deleted or gets another key is waited for; one that the trigger wrote is newer.
        """
        key, values = ", ".join(f"t.{name}" for name in self.rows.key), self._now("t")
        words = Sql(
            f"INSERT INTO {self.place.relation} AS a ({self.rows.keys()}, {self.value.name})\n"
            f"    SELECT {key}, {values} FROM {self.rows.table} AS t WHERE {BATCH}\n"
            f"    ORDER BY {key} FOR KEY SHARE\n"
            f"    ON CONFLICT ({self.rows.keys()}) DO NOTHING"
        )
        statement = Statement(words, purpose=self.place.purpose(StepOperation.SAVE_VALUES))
        return self._batches(f"archive of {self.place.object.name}", words), statement

    def returning(self) -> tuple[Backfill, tuple[Statement, ...]]:
        """The batches that give the values back to rows in which nothing stands yet."""
        table, name = self.rows.table, self.value.name
        words = Sql(
            f"UPDATE {table} AS t SET {name} = {self.value.restored('a.')}\n"
            f"    FROM {self.place.relation} AS a WHERE {self.rows.match()}\n"
            f"        AND t.{name} IS NULL AND {BATCH}"
        )
        purpose = self.place.purpose(StepOperation.RESTORE_VALUES)
        statements = [Statement(words, preflights=(self.place.presence(),), purpose=purpose)]
        if self.default:
            unknown = f"t.{name} IS NULL AND {self._unknown()} AND {BATCH}"
            inserted = Sql(f"UPDATE {table} AS t SET {name} = DEFAULT\n    WHERE {unknown}")
            statements.append(Statement(inserted, purpose=self.place.purpose(StepOperation.DEFAULT_ROWS)))
        batches = self._batches(f"return of {self.place.object.name}", words, name)
        return batches, tuple(self.rows.updated(statements))

    def abandon(self) -> Iterator[Statement]:
        """What `prepare` made is removed, but for the triggers, which have gone: the column stays."""
        yield self._without_function()
        yield from self.place.remove()

    def _batches(self, name: str, words: Sql, *columns: Quoted) -> Backfill:
        table, key = Sql(self.rows.table), Sql(self.rows.keys())
        sha256 = hashlib.sha256("\0".join((words, table, key)).encode()).hexdigest()
        return Backfill(name, words, table, key, _FIRST_BATCH, sha256, columns, adapts=True)

    def _without_function(self) -> Statement:
        words = Sql(f"DROP FUNCTION {self.place.relation}()")
        return Statement(words, purpose=self.place.purpose(StepOperation.END_KEEPING))

    def _triggers(self) -> tuple[Quoted, Quoted]:
        """Its names: of the trigger for each row, and of the one for TRUNCATE."""
        column = unquoted(self.value.name)
        rows, whole = (_short(f"schemadiff {does} {column}") for does in ("keeps", "empties"))
        return rows, whole

    def _now(self, row: str) -> str:
        return f"{row}.{self.value.name}::text" if self.value.as_text else f"{row}.{self.value.name}"

    def _function_definition(self) -> Sql:
        """Its owner's rights let applications write to an archive that is closed to them, and no more than that."""
        body = self._body()
        quote = next(f"${tag}$" for tag in ("", "keep", "keeps") if f"${tag}$" not in body)
        return Sql(
            f"CREATE FUNCTION {self.place.relation}() RETURNS trigger\n"
            "    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''\n"
            f"AS {quote}{body}{quote}"
        )

    def _body(self) -> str:
        archive, table, key, column = self.place.relation, self.rows.table, self.rows.key, self.value.name
        new = ", ".join(f"NEW.{name}" for name in key)
        gone = " AND ".join(f"a.{name} = OLD.{name}" for name in key)
        there = " AND ".join(f"t.{name} = OLD.{name}" for name in key)

        def same(operator: str, *more: Quoted) -> str:
            """A comparison of both rows by what is stored, whatever the types take for equal."""
            old, new = (", ".join(f"{row}.{name}" for name in (*key, *more)) for row in ("OLD", "NEW"))
            return f"ROW({old})::record OPERATOR(pg_catalog.{operator}) ROW({new})::record"

        return f"""
#variable_conflict use_column
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM {archive};
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND {same("*=", column)} THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND {same("*<>")}) THEN
        DELETE FROM {archive} AS a WHERE {gone}
            AND NOT EXISTS (SELECT FROM {table} AS t WHERE {there});
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO {archive} ({self.rows.keys()}, {column}) VALUES ({new}, {self._now("NEW")})
            ON CONFLICT ({self.rows.keys()}) DO UPDATE SET {column} = excluded.{column};
    END IF;
    RETURN NULL;
END
"""


def _short(name: str) -> Quoted:
    if len(name.encode()) > LONGEST_NAME:
        name = f"{name.encode()[: LONGEST_NAME - 9].decode(errors='ignore')} {digest(name)[:8]}"
    return quote_ident(name)
