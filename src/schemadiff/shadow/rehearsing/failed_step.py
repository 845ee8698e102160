"""A statement that Postgres refused in a rehearsal."""

from dataclasses import dataclass

import psycopg
from psycopg.errors import QueryCanceled

from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.desired.loading.watch import too_slow
from schemadiff.plans.model import Step
from schemadiff.plans.wording import summary
from schemadiff.server_errors import without_values

_WITHOUT_END = "57014"


@dataclass(frozen=True, slots=True)
class Failure:
    """The step, and the error; `table` and `column` are those that the error names, if it names any."""

    step: Step
    number: int
    message: str
    sqlstate: str = ""
    table: Quoted | None = None
    column: Quoted | None = None
    hint: str = ""

    @classmethod
    def without_end(cls, step: Step, number: int, reason: str) -> "Failure":
        """The failure of a step that was ended for a reason."""
        return cls(step, number, reason, _WITHOUT_END)

    @classmethod
    def of(cls, step: Step, number: int, error: psycopg.Error, *, conceal: bool, hint: str = "") -> "Failure":
        """The failure of step `number`; with `conceal`, its message contains no value of a row."""
        if isinstance(error, QueryCanceled):
            return cls.without_end(step, number, too_slow())
        schema, table, column = error.diag.schema_name, error.diag.table_name, error.diag.column_name
        return cls(
            step,
            number,
            without_values(error) if conceal else _message(error),
            error.sqlstate or "",
            Quoted(f"{quote_ident(schema)}.{quote_ident(table)}") if schema and table else None,
            quote_ident(column) if column else None,
            hint,
        )

    def __str__(self) -> str:
        hint = f"\n({self.hint})" if self.hint else ""
        return f"statement {self.number} ({summary(self.step)}) fails: {self.message}\n{self.step.sql}{hint}"


def _message(error: psycopg.Error) -> str:
    primary = error.diag.message_primary or str(error)
    detail = f" ({error.diag.message_detail})" if error.diag.message_detail else ""
    return f"{primary}{detail} [{error.sqlstate}]"
