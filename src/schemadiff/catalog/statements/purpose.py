"""What a statement is for, as data: an operation, the object it is about, and the fields that it changes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from schemadiff.catalog.identity import Identity


class StepOperation(StrEnum):
    """What a step does: a word for programs, from which the words for people are derived."""

    CREATE = "create"
    DROP = "drop"
    ALTER = "alter"
    RENAME = "rename"
    RENAME_PART = "rename-part"
    """Of a label of an enum, or an attribute of a type."""
    MOVE = "move"
    """To another schema."""
    GRANT = "grant"
    REVOKE = "revoke"
    ATTACH = "attach"
    DETACH = "detach"
    """Of a partition."""
    INHERIT = "inherit"
    DISINHERIT = "disinherit"
    VALIDATE = "validate"
    RELEASE = "release"
    REJOIN = "rejoin"
    """What holds data lets go of what is replaced, and comes back to it."""

    ADD_CHECK = "add-check"
    VALIDATE_CHECK = "validate-check"
    DROP_CHECK = "drop-check"
    """Of the check by which a column becomes NOT NULL without a scan under a strong lock."""
    BUILD_BESIDE = "build-beside"
    DROP_OLD = "drop-old"
    TAKE_NAME = "take-name"
    """Of an index or key that is replaced while the old one serves."""
    BUILD_INDEX = "build-index"
    """Of a key that takes it over."""
    ADD_SUCCESSOR = "add-successor"
    KEEP_FILLED = "keep-filled"
    CHECK_FILLED = "check-filled"
    REQUIRE_FILLED = "require-filled"
    END_FILLING = "end-filling"
    GIVE_WAY = "give-way"
    """Of a column of a new type that is filled beside the old one, whose place it takes."""
    RESTART_UNUSED = "restart-unused"
    CONTINUE = "continue"
    """Of a sequence: where it was never used; where another one stands."""

    OPEN_ARCHIVE = "open-archive"
    """Of its schema and its table of contents; where they are there, make sure that they are ours."""
    CHECK_ARCHIVE = "check-archive"
    CLOSE_SAVED = "close-saved"
    """Of what default privileges would let others do with what is saved there."""
    DROP_EMPTY_ARCHIVE = "drop-empty-archive"
    RECORD = "record"
    STRIKE = "strike"
    """In and from the archive's table of contents."""
    RENAME_FOR_ARCHIVE = "rename-for-archive"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    RENAME_BACK = "rename-back"
    """Of a table that is moved to the archive with its rows, and comes back."""
    SAVE_ROWS = "save-rows"
    SAVE_VALUES = "save-values"
    PREPARE_NOTES = "prepare-notes"
    """Of values that a backfill is going to write over."""
    KEEP_IN_STEP = "keep-in-step"
    END_KEEPING = "end-keeping"
    """Of values that are saved before what they stand in is dropped: writes go to both until then."""
    INDEX_SAVED = "index-saved"
    RECORD_OUTCOME = "record-outcome"
    FORGET_UNCHANGED = "forget-unchanged"
    FORGET_OVERWRITTEN = "forget-overwritten"
    DROP_SAVED = "drop-saved"
    RESTORE_ROWS = "restore-rows"
    RESTORE_VALUES = "restore-values"
    RESTORE_LAST_VALUE = "restore-last-value"
    NUMBER_ROWS = "number-rows"
    DEFAULT_ROWS = "default-rows"
    DELETE_ORPHANS = "delete-orphans"
    CLEAR_ORPHANS = "clear-orphans"
    """Of rows that point at rows that were deleted while they were in the archive."""
    LOCK = "lock"
    SHOW_ALL_ROWS = "show-all-rows"
    HIDE_ROWS_AGAIN = "hide-rows-again"
    """Of row-level security that is forced on the owner, while rows are copied."""
    DISABLE_TRIGGER = "disable-trigger"
    ENABLE_TRIGGER = "enable-trigger"

    BACKFILL = "backfill"
    RUN = "run"
    """Of a statement that a person wrote into the script."""

    @property
    def passing(self) -> bool:
        """Whether the object is afterwards what it was before, or what the statements around it make of it."""
        return self in _PASSING


_PASSING = frozenset(
    {
        StepOperation.RECORD,
        StepOperation.STRIKE,
        StepOperation.SAVE_ROWS,
        StepOperation.SAVE_VALUES,
        StepOperation.PREPARE_NOTES,
        StepOperation.KEEP_IN_STEP,
        StepOperation.END_KEEPING,
        StepOperation.ADD_SUCCESSOR,
        StepOperation.KEEP_FILLED,
        StepOperation.CHECK_FILLED,
        StepOperation.REQUIRE_FILLED,
        StepOperation.END_FILLING,
        StepOperation.GIVE_WAY,
        StepOperation.OPEN_ARCHIVE,
        StepOperation.CHECK_ARCHIVE,
        StepOperation.CLOSE_SAVED,
        StepOperation.INDEX_SAVED,
        StepOperation.RECORD_OUTCOME,
        StepOperation.FORGET_UNCHANGED,
        StepOperation.FORGET_OVERWRITTEN,
        StepOperation.DROP_SAVED,
        StepOperation.LOCK,
        StepOperation.SHOW_ALL_ROWS,
        StepOperation.HIDE_ROWS_AGAIN,
        StepOperation.DISABLE_TRIGGER,
        StepOperation.ENABLE_TRIGGER,
    }
)


class StepNote(StrEnum):
    """What else a reader must know about a step."""

    NO_PASSWORD = "no-password"
    PASSWORD_LOST = "password-lost"
    NOT_VALID = "not-valid"
    """Rows that are there already are not checked by it."""
    RECREATED = "recreated"
    """Dropped to be created again."""
    REJOINED = "rejoined"
    """Leaves its parents to join them again."""
    UNCHANGED = "unchanged"
    """Created again as it was, since it had to make way."""
    RESTARTED = "restarted"
    """A sequence starts from its beginning."""
    IN_BATCHES = "in-batches"
    """Rows that are there get their values afterwards, so that the table is not rewritten."""


class RawChange(NamedTuple):
    """A field with both of its values, as the kind holds them or in words."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a statement is for where the act that it belongs to does not say it well enough.

    Without an `object`, it is the act's own; `fields` are those of it that change, None for those of the act.
    `changes` come on top: of what is no field, or differs from what the object has before and after.
    `rule` names what sets the statement's hazards.
    """

    operation: StepOperation = StepOperation.ALTER
    object: Identity | None = None
    fields: tuple[str, ...] | None = None
    changes: tuple[RawChange, ...] = ()
    note: StepNote | None = None
    rule: str = ""

    @classmethod
    def of(cls, operation: StepOperation, object: Identity, *changes: RawChange) -> "Purpose":
        """An operation on an object that is told by itself, whatever the act is."""
        return cls(operation, object, (), changes)
