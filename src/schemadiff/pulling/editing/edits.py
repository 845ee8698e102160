"""Which statements of files that are there change, come and go, so that they declare live."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from schemadiff.catalog.identity import Identity
from schemadiff.desired.files import TEMPLATE_SUFFIX
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.pulling.declarations import Declaration
from schemadiff.pulling.editing.said import Said, said
from schemadiff.pulling.editing.subjects import ALTERED, CREATED, GRANTED, part_of
from schemadiff.pulling.editing.table_clauses import with_changes
from schemadiff.pulling.editing.text_edits import FileEdits
from schemadiff.pulling.editing.written import Written, plain
from schemadiff.pulling.writing import text


class Thoroughness(IntEnum):
    """How much of a changed object is rewritten; more only where less is not enough."""

    CLAUSES = 0
    """Single columns and constraints inside a CREATE TABLE."""
    STATEMENTS = 1
    """Single statements, a CREATE TABLE with all that ALTER TABLE adds to it."""
    OBJECTS = 2
    """All statements that are about the object."""
    FILES = 3
    """All files with such statements: what tables share with their partitions depends on the order."""


@dataclass(slots=True)
class Editing:
    """One attempt to bring the files in line with live; `by_templates` are changed objects that a template makes."""

    directory: Path
    written: Written
    thoroughness: Thoroughness
    files: dict[Path, FileEdits] = field(default_factory=dict)
    by_templates: dict[Identity, Path] = field(default_factory=dict)

    def drafts(self) -> dict[Path, str | None]:
        """The texts of all files that change."""
        return {path: edits.result for path, edits in self.files.items()}

    def place(self, declaration: Declaration) -> Path:
        """The file of something new; the one file there is, where the desired state is a file."""
        return self.directory if self.directory.is_file() else self.directory / declaration.path

    def change(self, old: Sequence[Declaration], new: Sequence[Declaration]) -> None:
        """Bring in what live has instead of what the files declare, object by object."""
        before, after = _by_root(old), _by_root(new)
        if self.thoroughness is Thoroughness.FILES:
            self._write_files(before, after, new)
            return
        added: dict[Path, list[str]] = defaultdict(list)
        for root in {**before, **after}:
            was, now = before.get(root, []), after.get(root, [])
            if _sql(was) == _sql(now):
                continue
            mine = self.written.about(root) or self.written.alike(_sql(was))
            templates = [one for one in mine if one.source.name.endswith(TEMPLATE_SUFFIX)]
            if templates:
                self.by_templates[root] = Path(templates[0].source.name)
            elif not mine:
                for one in now:
                    added[self.place(one)].append(one.sql)
            elif not now:
                for statement in mine:
                    self._file(statement).remove(statement)
            else:
                self._change_object(mine, said(was), said(now))
        for path, statements in added.items():
            self._at(path).append(statements)

    def _write_files(
        self,
        before: Mapping[Identity, list[Declaration]],
        after: Mapping[Identity, list[Declaration]],
        new: Sequence[Declaration],
    ) -> None:
        """Rewrite the files of all changed objects, with all other objects that are declared there."""
        homes = {root: self._homes(root, before) for root in {**before, **after}}
        changed = [root for root in homes if _sql(before.get(root, [])) != _sql(after.get(root, []))]
        files = {path for root in changed for path in homes[root]}
        texts: dict[Path, list[Declaration]] = {path: [] for path in files}
        for one in new:
            path = next(iter(homes[one.root]), self.place(one))
            if path in files or not homes[one.root]:
                texts.setdefault(path, []).append(one)
        for path, declared in texts.items():
            if path.name.endswith(TEMPLATE_SUFFIX):
                self.by_templates.update((one.root, path) for one in declared)
            else:
                self._at(path).rewrite(text(declared) if declared else "", keeping=path not in files)

    def _homes(self, root: Identity, before: Mapping[Identity, list[Declaration]]) -> list[Path]:
        """The files that are about an object, in which it is created first."""
        mine = self.written.about(root) or self.written.alike(_sql(before.get(root, [])))
        ordered = sorted(mine, key=lambda statement: part_of(statement) != CREATED)
        return list(dict.fromkeys(Path(statement.source.name) for statement in ordered))

    def _change_object(self, mine: list[DesiredStatement], was: Said, now: Said) -> None:
        created = [one for one in mine if part_of(one) == CREATED]
        anchor = created[0] if created else mine[-1]
        if self.thoroughness is Thoroughness.OBJECTS:
            self._rewrite(mine, anchor, now.every)
            return
        rest = [one for one in mine if one is not anchor or not created]
        rewritten = bool(created) and was.text(CREATED) != now.text(CREATED) and not self._create(anchor, was, now)
        coming: list[str] = []
        for part in now.parts | was.parts:
            same = [one for one in rest if part_of(one) == part]
            if part in (ALTERED, GRANTED):
                coming += self._several(same, was.texts(part), now.texts(part), rewritten=rewritten and part == ALTERED)
            elif part != CREATED and was.texts(part) != now.texts(part):
                coming += self._single(same, now.texts(part))
        if coming:
            ordered = [sql for sql in now.every if sql in coming]
            self._file(anchor).insert_after(anchor, ordered)

    def _create(self, statement: DesiredStatement, was: Said, now: Said) -> bool:
        """Change the statement that creates the object; False where it says now all that ALTER could add."""
        before, after = was.text(CREATED), now.text(CREATED)
        if before is None or after is None:
            return True
        if statement.tag not in ("CreateStmt", "CreateForeignTableStmt"):
            self._file(statement).replace(statement, after)
            return True
        if self.thoroughness is Thoroughness.CLAUSES:
            edited = with_changes(statement.sql, before, after)
            if edited is not None:
                self._file(statement).replace(statement, edited)
                return True
        self._file(statement).replace(statement, after)
        return False

    def _several(
        self, mine: list[DesiredStatement], was: Sequence[str], now: Sequence[str], *, rewritten: bool
    ) -> list[str]:
        """Statements of which a file may say several in one, or one in several."""
        gone = [sql for sql in was if sql not in now]
        coming = [sql for sql in now if sql not in was]
        alike = {plain(one.sql): one for one in mine}
        if not rewritten and all(plain(sql) in alike for sql in gone):
            for sql in gone:
                self._file(alike[plain(sql)]).remove(alike[plain(sql)])
            return coming
        for statement in mine:
            self._file(statement).remove(statement)
        return list(now)

    def _single(self, mine: list[DesiredStatement], now: Sequence[str]) -> list[str]:
        """Statements of which each names what it makes: the first is changed, others go."""
        for place, statement in enumerate(mine):
            if place < len(now):
                self._file(statement).replace(statement, now[place])
            else:
                self._file(statement).remove(statement)
        return list(now[len(mine) :])

    def _rewrite(self, mine: Iterable[DesiredStatement], anchor: DesiredStatement, now: Sequence[str]) -> None:
        for statement in mine:
            if statement is anchor:
                self._file(statement).replace(statement, now[0])
                self._file(statement).insert_after(statement, now[1:])
            else:
                self._file(statement).remove(statement)

    def _file(self, statement: DesiredStatement) -> FileEdits:
        return self._at(Path(statement.source.name), statement.source.text)

    def _at(self, path: Path, text: str | None = None) -> FileEdits:
        if path not in self.files:
            self.files[path] = FileEdits(self.written.text(path) if text is None else text)
        return self.files[path]


def _sql(declared: Iterable[Declaration]) -> list[str]:
    return [one.sql for one in declared]


def _by_root(declared: Iterable[Declaration]) -> Mapping[Identity, list[Declaration]]:
    found: dict[Identity, list[Declaration]] = defaultdict(list)
    for one in declared:
        found[one.root].append(one)
    return found
