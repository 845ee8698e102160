"""Statements about what is not the files' to declare: passed over and counted in dumps, refused elsewhere."""

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from schemadiff.catalog.scope import Scope
from schemadiff.desired.belonging.objects import Named
from schemadiff.desired.belonging.platform import Others
from schemadiff.desired.files import Desired
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.dumped import is_dump, passed_over
from schemadiff.desired.reading.parse_tree import Tree, constant, listed
from schemadiff.desired.reading.source import Source
from schemadiff.errors import DesiredError
from schemadiff.notes import Note, NoteKind

_YOURS = (
    "declare it in a schema of your own; on objects of the platform, files may declare triggers that call your own "
    "functions, policies on storage.objects, storage.buckets and realtime.messages, and the tables of supabase_realtime"
)


def without_others(desired: Desired, scope: Scope, loader: str) -> tuple[Desired, tuple[Note, ...]]:
    """The files without what dumps say of objects of others, and a note for each dump that says how much that is.

    `loader` is the role that loads the files. Errors: DesiredError for such a statement in another file.
    """
    others = Others(scope)
    dumps = {source: _Dump(loader) for source in dict.fromkeys(s.source for s in desired.statements) if is_dump(source)}
    others.learn_owners(statement for statement in desired.statements if statement.source in dumps)
    kept = [statement for statement in desired.statements if _kept(statement, others, dumps.get(statement.source))]
    notes = tuple(dump.note(source) for source, dump in dumps.items() if dump.counted)
    return replace(desired, statements=tuple(kept)), notes


@dataclass
class _Dump:
    """A dump on its way from statement to statement: for whom its objects are made, and what it was passed over for."""

    loader: str
    role: str | None = None
    counted: Counter[str] = field(default_factory=Counter)

    def note(self, source: Source) -> Note:
        """What was passed over, and how often."""
        parts = [f"{count} {words}" for words, count in sorted(self.counted.items(), key=lambda one: (-one[1], one[0]))]
        place = "/".join(Path(source.name).parts[-2:])
        return Note.of(NoteKind.PASSED_OVER, place, _counted(self.counted.total()), ", ".join(parts))


def _kept(statement: DesiredStatement, others: Others, dump: _Dump | None) -> bool:
    if dump is None:
        if found := others.named(statement):
            raise _refusal(statement, found[0], others)
        return True
    words = passed_over(statement.tag, statement.tree) or _of_others(statement, others, dump)
    if statement.tag == "VariableSetStmt":
        dump.role = _authorized(statement.tree)
    if words:
        dump.counted[words] += 1
        return False
    made_by_another = dump.role not in (None, dump.loader) and others.scope.holds_role(dump.role or "")
    if made_by_another and statement.tag != "GrantStmt":
        raise statement.source.error(
            statement.offset,
            f"the dump makes this as role {dump.role!r}, and files are loaded as {dump.loader!r}",
            "dump again without --use-set-session-authorization: ALTER ... OWNER TO says the same",
        )
    return True


def _of_others(statement: DesiredStatement, others: Others, dump: _Dump) -> str:
    """The words for a statement of a dump that is about objects of others; empty for one that is not."""
    if statement.tag == "CreateExtensionStmt":
        name = str(statement.tree.get("extname"))
        return "" if others.scope.holds_extension(name) else _about("extension")
    if dump.role is not None:
        others.learn_owner(statement, [dump.role])
    if not others.all_of(statement):
        return ""
    one = others.named(statement)[0]
    if one.schema or one.kind in ("schema", "objects in schema"):
        return f"about schema {one.schema or one.name}"
    return _about(one.kind)


def _about(kind: str) -> str:
    return f"about {kind}{'' if kind.endswith('s') else 's'} of the platform"


def _refusal(statement: DesiredStatement, one: Named, others: Others) -> DesiredError:
    whose = others.why(one)
    reason = f"{one} is {whose}, so that a plan would leave it as it is: this statement would have no effect"
    if one.kind == "policy":
        reason = f"{one}: policies on this table are not managed, so this statement would have no effect"
    if statement.tag == "CreateTrigStmt":
        reason = f"{one} calls a function that is not yours, so this statement would have no effect"
    return statement.source.error(statement.offset, reason, _YOURS if whose == "the platform's" else "remove it")


def _authorized(tree: Tree) -> str | None:
    """The role that SET SESSION AUTHORIZATION names; None where it goes back to the first one."""
    values = listed(tree, "args")
    return constant(values[0]) if values else None


def _counted(number: int) -> str:
    return f"{number} statement{'s' if number > 1 else ''}"
