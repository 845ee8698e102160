"""Pulling: a live database as the files that declare it, verified before anything is written."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from schemadiff.api.session.live_and_shadow import LiveAndShadow, live_and_shadow
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import ROWS
from schemadiff.config import CONFIG_NAME, Project
from schemadiff.desired.files import NOTHING, Desired, desired_of, redrafted
from schemadiff.desired.reading.text import read_text
from schemadiff.difference.diff import diff
from schemadiff.difference.explanation import differences, sentences
from schemadiff.errors import ConfigError, DesiredError, PullRefused, SchemadiffError
from schemadiff.notes import Note
from schemadiff.project_files import leads_out, matches, replace_file
from schemadiff.pulling.declarations import Declaration, declarations
from schemadiff.pulling.editing.edits import Editing, Thoroughness
from schemadiff.pulling.editing.written import Written
from schemadiff.pulling.left_out import LeftOut, left_out
from schemadiff.shadow.of_desired.desired_database import create_desired_database
from schemadiff.supabase_project import CONFIG


@dataclass(frozen=True, slots=True)
class PulledFile:
    """A file of the project as it is and as it should be; None where it is not there."""

    path: Path
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Pulled:
    """What has to be written so that the files declare the live database, and what they leave out.

    `by_templates` are objects that a template declares otherwise than live has them, with the file: nobody but its
    author can change that.
    """

    files: tuple[PulledFile, ...]
    by_templates: tuple[tuple[str, Path], ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]
    timings: dict[str, float]

    @property
    def empty(self) -> bool:
        """Whether the files declare live as it is."""
        return not self.files and not self.by_templates


def pull(live_url: str, project: Project, *, progress: PlanProgress = untold) -> Pulled:
    """The files that declare the live database, which is only read; nothing is written.

    Of files that are there, only what live has otherwise changes. The result has been loaded and compared: a plan from
    the database to it is empty. Errors: PullRefused where one would not be; DesiredError, ConnectionFailed,
    InspectionError, ScratchError, PlanningError, ConfigError.
    """
    timings = Timings(progress)
    desired = _read(project)
    every = {cls.KIND for cls in ROWS}
    with live_and_shadow(live_url, project, timings, also=every) as session:
        with timings.part("see what live begins with"):
            beginning, _ = create_desired_database(session.shadow, NOTHING, "beginning", session.live, keeps=False)
        declared = beginning
        if desired.statements:
            with timings.part("load desired schema"):
                declared, _ = create_desired_database(session.shadow, desired, "declared", session.live)
        with timings.part("write declarations"):
            pulling = _Pulling(project, desired, declared, declarations(beginning, declared))
            wanted = declarations(beginning, session.live)
        with timings.part("verify"):
            editing = pulling.verified(session, wanted)
        _refuse_unread(editing.drafts(), project)
        return Pulled(
            tuple(pulling.changed(editing)),
            tuple((str(root), path) for root, path in editing.by_templates.items()),
            left_out(session.connection, beginning, session.live),
            session.shadow.notes,
            timings.seconds,
        )


@dataclass(frozen=True, slots=True)
class _Pulling:
    """The files of a project, the catalog that they declare, and how schemadiff would declare it."""

    project: Project
    desired: Desired
    declared: Catalog
    said: tuple[Declaration, ...]

    def verified(self, session: LiveAndShadow, wanted: tuple[Declaration, ...]) -> Editing:
        """The least change of the files after which they declare live. Errors: PullRefused, DesiredError."""
        texts = self._texts(wanted)
        written = Written(self.desired, self.declared, (*self.said, *wanted), texts)
        failed: SchemadiffError | None = None
        tried: list[Mapping[Path, str | None]] = []
        for thoroughness in Thoroughness:
            editing = Editing(self.project.desired, written, thoroughness)
            editing.change(self.said, wanted)
            drafts = editing.drafts()
            if drafts in tried:
                continue
            tried.append(drafts)
            try:
                drafted = redrafted(self.desired, self.project.desired, drafts, roles=self.project.roles)
                verify(session, drafted, f"desired {thoroughness}", editing.by_templates)
            except (DesiredError, PullRefused) as error:
                failed = failed or error
            else:
                return editing
        assert failed is not None
        if isinstance(failed, DesiredError):
            raise DesiredError(f"no file was written, since one would not load:\n{failed}") from failed
        raise failed

    def changed(self, editing: Editing) -> Iterator[PulledFile]:
        """The files that are to be written."""
        for path, after in sorted(editing.drafts().items()):
            before = editing.written.text(path) if path.exists() else None
            if before != after:
                yield PulledFile(path, before, after)

    def _texts(self, wanted: tuple[Declaration, ...]) -> dict[Path, str]:
        """The texts of files that may change."""
        project = self.project
        texts = {Path(one.source.name): one.source.text for one in self.desired.statements}
        for path in {project.desired / declaration.path for declaration in wanted} - texts.keys():
            if path.is_file():
                texts[path] = read_text(path, project.root)
        return texts


def _refuse_unread(drafts: Mapping[Path, str | None], project: Project) -> None:
    """Errors: ConfigError where a file would be written that nobody reads."""
    paths = [path.relative_to(project.root).as_posix() for path, text in drafts.items() if text is not None]
    unread = [path for path in paths if project.desired_patterns and not matches(path, project.desired_patterns)]
    if unread:
        folder = PurePosixPath(project.desired.relative_to(project.root)).relative_to("supabase")
        raise ConfigError(
            f"{unread[0]} would be written, which schema_paths of {CONFIG} does not name: write "
            f'schema_paths = ["./{folder}"] there, or set desired in {CONFIG_NAME}'
        )


def write_pulled(pulled: Pulled, project: Project) -> None:
    """Write the files. Errors: ConfigError for one that would lie outside of the project."""
    for file in pulled.files:
        if leads_out(file.path, project.root):
            raise ConfigError(f"{file.path} leads out of the project {project.root}")
    for file in pulled.files:
        if file.after is None:
            file.path.unlink()
        else:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file.path, file.after.encode())


def verify(session: LiveAndShadow, drafted: Desired, database: str, tolerated: Container[Identity]) -> None:
    """Load the files and compare. Errors: PullRefused, naming what differs, `tolerated` objects apart."""
    live = session.live
    wanted, _ = create_desired_database(session.shadow, drafted, database, live)
    known = {
        str(identity)
        for identity, change in diff(live, wanted).items()
        if not (change.fields == ("valid",) or _outermost(change.before or change.after, live, wanted) in tolerated)
    }
    left = sentences(tuple(one for one in differences(live, wanted) if one.object in known))
    if left:
        raise PullRefused(left)


def _outermost(built: CatalogObject | None, live: Catalog, wanted: Catalog) -> Identity | None:
    if built is None:
        return None
    return live.holder(built) or wanted.holder(built) or built.id


def _read(project: Project) -> Desired:
    if not project.desired.exists():
        return NOTHING
    return desired_of(project)
