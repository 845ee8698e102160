"""Plans as migrations of the Supabase CLI, in the folder where it looks for them."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.config import Project
from schemadiff.difference.sides import Sides
from schemadiff.errors import PlanFileError
from schemadiff.planning.both_ways import Ways, without_archive
from schemadiff.plans.migrations.making import migrations_of
from schemadiff.plans.migrations.migration import Migration, moment_of, parsed_file
from schemadiff.plans.model import BothWays, Plan
from schemadiff.plans.scripts.time_zone import naming_time_zone
from schemadiff.project_files import leads_out


def with_migrations(plan: Plan, ways: Ways, sides: Sides, project: Project) -> Plan:
    """The plan as migrations, too, where the project wants that."""
    if project.migrations is None or plan.empty:
        return plan
    scripts = plain = BothWays(plan.up, plan.down)
    if any(ARCHIVE_SCHEMA in step.sql for step in (*plan.up.steps, *plan.down.steps)):
        plain = without_archive(ways, sides)
        plain = naming_time_zone(plain, plan.up.time_zone) if plan.up.time_zone else plain
    newest = max(files_by_version(project.migrations), default="")
    return replace(plan, migrations=migrations_of(plan.name, scripts, plain, plan.created_at, newest))


def edited_migrations(plan: Plan) -> Plan:
    """The migrations of a plan whose scripts a person edited, under their versions.

    Raises PlanFileError where the scripts lean on the archive, which the CLI has not.
    """
    if plan.migrations is None:
        return plan
    if any(ARCHIVE_SCHEMA in step.sql for step in (*plan.up.steps, *plan.down.steps)):
        raise PlanFileError(
            "the plan is written as migrations of the Supabase CLI, too, and those of an edited script that keeps "
            "values in the archive are not known: make the plan again with --archive none, and edit that"
        )
    scripts, versions = BothWays(plan.up, plan.down), [one.version for one in plan.migrations.up]
    made = moment_of(versions[0]) if versions else plan.created_at
    return replace(plan, migrations=migrations_of(plan.name, scripts, scripts, made, ""))


def files_by_version(folder: Path) -> dict[str, str]:
    """The files that the CLI would run, by their versions."""
    names = sorted(path.name for path in folder.glob("*.sql")) if folder.is_dir() else ()
    return {found[0]: name for name in names if (found := parsed_file(name))}


def rewrite_migrations(before: Plan, after: Plan, project: Project) -> None:
    """Put the files of a plan that was edited in place of those that it had. Errors: PlanFileError."""
    if project.migrations is None or before.migrations is None or after.migrations is None:
        return
    if before.migrations != after.migrations:
        remove_migrations(before, project)
    write_migrations(after.migrations.up, project)


def remove_migrations(plan: Plan, project: Project) -> None:
    """Remove the files of a plan that is never to run."""
    for one in plan.migrations.up if plan.migrations else ():
        if project.migrations is not None:
            (project.migrations / one.file).unlink(missing_ok=True)


def write_migrations(migrations: Iterable[Migration], project: Project) -> tuple[Path, ...]:
    """Write the files that are not there yet. Errors: PlanFileError where they cannot be written."""
    folder = project.migrations
    if folder is None:
        return ()
    if leads_out(folder, project.root):
        raise PlanFileError(f"{folder} is a link that leads out of the project {project.root}: take it away")
    there, written = files_by_version(folder), []
    for one in migrations:
        if one.version in there:
            continue
        path = folder / one.file
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(one.text)
        except OSError as error:
            raise PlanFileError(f"cannot write migration {path}: {error.strerror or error}") from error
        written.append(path)
    return tuple(written)
