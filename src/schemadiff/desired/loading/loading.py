"""Loading of desired statements into a scratch database, in whatever order works."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, takewhile

import psycopg
from psycopg import errors

from schemadiff.catalog.kinds.subscription import CONNECTION
from schemadiff.desired import limits
from schemadiff.desired.belonging.dump_privileges import dumped, without_default_privileges
from schemadiff.desired.files import Desired
from schemadiff.desired.loading.circles import part_circles
from schemadiff.desired.loading.desired_session import DesiredSession, connected, schema_of
from schemadiff.desired.loading.duplicates import Duplicates
from schemadiff.desired.loading.harmless import is_compiled
from schemadiff.desired.loading.side_effects import SideEffects
from schemadiff.desired.loading.superuser import SuperuserStatements
from schemadiff.desired.loading.turns import Turn, turns
from schemadiff.desired.loading.watch import Watch, too_slow
from schemadiff.desired.reading.annotations import Annotation, Renamed, Using
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.index_options import options_of_index
from schemadiff.errors import DesiredError
from schemadiff.scratch.stand_ins.index_options import UNKNOWN, newest_index, write_options

_TOGETHER = 200
"""Statements in a transaction; a table may take ten locks, and a server has room for a few thousand."""
_IN_TURN = 40
"""Statements in a round trip where some may fail: what stands behind one that does is sent again."""
_RUNNING_CODE = frozenset(
    {"DoStmt", "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "CallStmt", "CreateTableAsStmt"}
)
_MAY_BE_SKIPPED = re.compile(r"\bIF\b", re.IGNORECASE)
# Postgres names what is missing in its message alone; a wrong guess only means another attempt later
_QUOTED = re.compile(r'"([^"]+)"')
_ROUTINE = re.compile(r"\b(?:function|procedure|aggregate|routine) ([^\s(]+)\(")
_MISSING = (
    errors.UndefinedTable,
    errors.UndefinedFunction,
    errors.UndefinedObject,
    errors.UndefinedColumn,
    errors.InvalidSchemaName,
)


def load_desired(
    desired: Desired, url_loader: str, url_admin: str, *, for_superuser: bool = False
) -> tuple[Renamed, ...]:
    """Run every statement in the scratch database of the two URLs; what was renamed, schemas resolved.

    Statements run as the role of `url_loader`. What only a superuser may do, and does no harm on a
    scratch server, runs on `url_admin`, for that role; `for_superuser` tells that it is one on live.
    DesiredError with file:line:column if a statement fails or an object is declared twice, and for one
    that takes too long or stores too much.
    """
    with connected(url_loader) as loader, connected(url_admin) as admin:
        with Watch(url_admin, (loader, admin), took_too_much, all_seconds=limits.LOADING_SECONDS) as watch:
            _Loading(desired, SuperuserStatements(admin, loader, for_superuser=for_superuser), loader, watch).run()
        return renames(desired, loader)


def renames(desired: Desired, loaded: psycopg.Connection) -> tuple[Renamed, ...]:
    """The `@renamed` annotations, with the schema of each object in the loaded database."""
    return tuple(note for note in _resolved(desired, loaded) if isinstance(note, Renamed))


def conversions(desired: Desired, loaded: psycopg.Connection) -> tuple[Using, ...]:
    """The `@using` annotations, with the schema of each column in the loaded database."""
    return tuple(note for note in _resolved(desired, loaded) if isinstance(note, Using))


class _Loading:
    """One run over all statements; each is tried at its place, after what it is found to lack."""

    def __init__(
        self,
        desired: Desired,
        superuser: SuperuserStatements,
        loader: psycopg.Connection,
        watch: Watch[DesiredStatement],
    ) -> None:
        self._session = DesiredSession(loader, watch)
        self._side_effects = SideEffects(self._session, loader)
        self._superuser = superuser
        self._running: frozenset[int] = frozenset()
        self._duplicates = Duplicates()
        given = dict(enumerate(desired.statements))
        self._turns = turns(given)
        self._pending = {index: given[index] for index in sorted(given, key=lambda index: self._turns[index])}
        self._in_order = False
        self._errors: dict[int, psycopg.Error] = {}
        self._declaring: dict[str, list[int]] = {}
        for index, statement in self._pending.items():
            if statement.declares is not None:
                self._declaring.setdefault(statement.declares.name, []).append(index)

    def run(self) -> None:
        """Load everything, or raise the error at the root of what cannot be loaded."""
        self._superuser.check()
        dumps = dumped(self._pending.values())
        first = [
            index
            for index, statement in self._pending.items()
            if statement.source in dumps and self._turns[index] <= Turn.LONGER_OVERLOADS
        ]
        if first:
            defaults = {index: None for index in first if self._pending[index].tag == "AlterDefaultPrivilegesStmt"}
            with without_default_privileges(self._superuser.admin):
                self._run([index for index in first if index not in defaults])
                self._run(list(defaults))
        self._run(list(self._pending))
        if self._pending and part_circles(self._pending):
            self._run(list(self._pending))
        if self._pending:
            raise self._root_error()

    def _run(self, indexes: list[int]) -> None:
        """Load these statements, as far as they can be."""
        self._running = frozenset(indexes)
        self._in_order = True
        for batch in list(self._batches(indexes)):
            if not self._load_together(batch):
                self._load_in_turn(batch)
        self._in_order = False
        waiting, left = [index for index in indexes if index in self._pending], len(indexes) + 1
        while len(waiting) < left:
            left = len(waiting)
            tried: set[int] = set()
            for index in waiting:
                if index in self._pending:
                    self._load(index, tried)
            waiting = [index for index in waiting if index in self._pending]

    def _batches(self, indexes: list[int]) -> Iterator[list[int]]:
        """The statements in their order, in runs that share their settings and need no more locks than there are."""
        for _, group in groupby(indexes, key=lambda index: _together_with(self._pending[index])):
            together = list(group)
            for start in range(0, len(together), _TOGETHER):
                yield together[start : start + _TOGETHER]

    def _load_together(self, batch: list[int]) -> bool:
        """Run statements that are all in order with one round trip; False, with none of them run, otherwise."""
        statements = [self._pending[index] for index in batch if index in self._pending]
        if len(statements) < len(batch) or statements[0].tag == "DoStmt":
            return False
        texts = [self._duplicates.text(statement) for statement in statements]
        if not self._session.run_together(statements, texts):
            return False
        for index, statement in zip(batch, statements, strict=True):
            self._duplicates.loaded(statement, [])
            del self._pending[index]
        return True

    def _load_in_turn(self, batch: list[int]) -> None:
        """Run statements one after the other, as many as possible with one round trip."""
        tried: set[int] = set()
        while batch := [index for index in batch if index in self._pending]:
            plain = list(takewhile(self._is_plain, batch[:_IN_TURN]))
            statements = [self._pending[index] for index in plain]
            texts = [self._duplicates.text(statement) for statement in statements]
            said = self._session.run_in_turn(statements, texts) if plain else []
            for index, notices in zip(plain, said, strict=False):
                self._session.notices = notices
                self._settle(index, self._side_effects.after(self._pending[index]))
            batch = batch[len(said) :]
            if batch and len(said) < _IN_TURN:
                self._load(batch.pop(0), tried)

    def _is_plain(self, index: int) -> bool:
        """Whether a statement runs no code of users and is never skipped."""
        statement = self._pending[index]
        return statement.tag not in _RUNNING_CODE and _MAY_BE_SKIPPED.search(statement.sql) is None

    def _load(self, index: int, tried: set[int]) -> None:
        """Run a statement, first those that declare what it lacks; what fails nevertheless stays pending."""
        waiting = [index]
        while waiting:
            current = waiting[-1]
            if current not in self._pending or self._attempt(current):
                waiting.pop()
                continue
            tried.add(current)
            lacking = self._declares_missing(current)
            if lacking is None or lacking in tried:
                waiting.pop()
            else:
                waiting.append(lacking)

    def _attempt(self, index: int) -> bool:
        statement = self._pending[index]
        self._side_effects.before(statement)
        error = self._session.run(statement, self._duplicates.text(statement))
        if error is None:
            error = self._side_effects.after(statement)
        if isinstance(error, errors.InsufficientPrivilege) and self._superuser.accepts(statement):
            error = self._superuser.run(statement, self._session.search_path())
        if isinstance(error, UNKNOWN):
            error = self._run_without_options(statement, error)
        if error is not None and self._duplicates.is_duplicate(error):
            error = self._duplicates.settle(self._session, statement, error)
        return self._settle(index, error)

    def _settle(self, index: int, error: psycopg.Error | None) -> bool:
        """Remember how a statement ended; whether it is loaded."""
        statement = self._pending[index]
        if error is None:
            self._duplicates.loaded(statement, self._session.notices)
            del self._pending[index]
            self._errors.pop(index, None)
            return True
        if isinstance(error, errors.SyntaxError):
            raise failure(statement, error)
        if isinstance(error, errors.QueryCanceled):
            raise took_too_much(statement, too_slow()) from error
        self._errors[index] = error
        return False

    def _run_without_options(self, statement: DesiredStatement, error: psycopg.Error) -> psycopg.Error | None:
        """Run a statement whose parameters of an index the stand-in for its access method does not know."""
        options = options_of_index(statement.tag, statement.tree, self._duplicates.text(statement))
        if options is None:
            return error
        newest = newest_index(self._superuser.admin)
        failed = self._session.run(statement, options.text) if options.text else None
        if failed is None:
            write_options(self._superuser.admin, options.index, newest, options.given, options.reset)
        return failed

    def _declares_missing(self, index: int) -> int | None:
        """The pending statement that declares what the last error of this one says is missing."""
        name = _missing_name(self._errors[index])
        declaring = (
            other for other in self._declaring.get(name, []) if other in self._pending and other in self._running
        )
        early = [other for other in declaring if other != index and not self._keeps_turn(other)]
        return next(iter(early), None)

    def _keeps_turn(self, index: int) -> bool:
        """Whether a statement has to wait for its turn, though another one needs it."""
        return self._in_order and self._turns[index] is Turn.LONGER_OVERLOADS

    def _root_error(self) -> DesiredError:
        index = next(iter(self._pending))
        path = [index]
        while (cause := self._declares_missing(path[-1])) is not None and cause not in path:
            path.append(cause)
        statement = self._pending[path[-1]]
        others = len(self._pending) - 1
        more = ""
        if cause is not None:
            more = f"{self._pending[cause].position} declares it, but cannot be loaded before this statement"
        elif others:
            more = f"{others} more could not be loaded, perhaps because of this one"
        return failure(statement, self._errors[path[-1]], more)


def _together_with(statement: DesiredStatement) -> tuple[tuple[str, ...], bool]:
    """What statements share that may run in one go; what a DO block did is looked at by itself."""
    return statement.settings, statement.tag == "DoStmt"


def failure(statement: DesiredStatement, error: psycopg.Error, more: str = "") -> DesiredError:
    """The server's error about a statement, with file, line and column and the next step."""
    diagnosis = error.diag
    message = diagnosis.message_primary or str(error).strip()
    if diagnosis.message_detail:
        message += f" ({diagnosis.message_detail})"
    steps = [text for text in (diagnosis.message_hint, _next_step(error, statement), more) if text]
    offset = statement.offset + max(int(diagnosis.statement_position or 1) - 1, 0)
    return statement.source.error(offset, message, "\n".join(steps))


def took_too_much(statement: DesiredStatement, reason: str) -> DesiredError:
    """The error about a statement that took too long, or stored too much."""
    step = "desired files declare a schema and are loaded for each plan; remove what computes or stores much"
    return statement.source.error(statement.offset, reason, step)


def _next_step(error: psycopg.Error, statement: DesiredStatement) -> str:
    if isinstance(error, _MISSING):
        return "correct the name, or declare it in a desired file"
    if not isinstance(error, errors.InsufficientPrivilege):
        return "correct the statement"
    if is_compiled(statement.tag, statement.tree):
        return (
            "files are never trusted with code that a server loads: make it an extension and declare that, "
            "or leave the object alone with the setting exclude"
        )
    if statement.tag == "CreateSubscriptionStmt":
        return f"write CONNECTION '{CONNECTION}': the real one is a secret, to be set on live by hand"
    return "the role that loads desired files is not a superuser, as on live; remove the statement"


def _missing_name(error: psycopg.Error) -> str:
    message = error.diag.message_primary or ""
    match = _ROUTINE.search(message) or _QUOTED.search(message)
    return "" if match is None else match.group(1).rsplit(".", 1)[-1].strip('"')


def _resolved(desired: Desired, loaded: psycopg.Connection) -> Iterator[Annotation]:
    session = DesiredSession(loaded)
    for statement in desired.statements:
        for note in statement.annotations:
            if note.object.schema is not None or note.object.kind in ("schema", "extension"):
                yield note
                continue
            session.use(statement.settings)
            schema = schema_of(loaded, note.object)
            yield replace(note, object=replace(note.object, schema=schema))
