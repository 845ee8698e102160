"""schemadiff init: the files of a new project."""

from pathlib import Path

import click

from schemadiff.cli.commands.pull import make, tell_left_out, write
from schemadiff.cli.settings.options import Session, roles_option, scratch_options, session_command, target_options
from schemadiff.cli.settings.project import find_project
from schemadiff.cli.settings.trust import Trust
from schemadiff.config import CONFIG_NAME, DESIRED, Project
from schemadiff.errors import ConfigError
from schemadiff.project_files import leads_out

CONFIG_TEXT = """\
# Settings of schemadiff. Everything is optional; what is commented out shows the default or an example.

desired = "desired_schema"      # folder of the SQL files that declare the wanted state
templates = "templates"         # folder of Jinja templates that .sql.j2 files can use
plans = "plans"                 # folder into which plans are written, to be reviewed and kept

# profile = "auto"              # auto, supabase or plain: whose schemas and roles are not yours
# exclude = ["public.tmp_*", "index:public.*_old"]    # objects to leave alone: glob or kind:glob
# include = ["app.*"]           # if given, only these are looked at
# lock_timeout = "500ms"        # how long a transaction may wait for its locks before it is tried again

# [environments.production]     # schemadiff plan --env production
# database_url_env = "PRODUCTION_DATABASE_URL"        # the variable (or line of .env) that holds the URL

# Scratch servers are found automatically: local binaries of live's version, or the embedded one. Other ones are
# chosen by each user, never by a project: see "Your own settings" in docs/configuration.md.
"""

"""What schemadiff.toml holds in a new project."""

_EXAMPLE = """\
-- The files in this folder declare what the database should look like: plain CREATE statements, in any
-- order and any number of files. `schemadiff plan` finds the way from the live database to here.
--
-- CREATE SCHEMA app;
--
-- CREATE TABLE app.customer (
--     id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--     email text NOT NULL UNIQUE,
--     -- @renamed from=full_name
--     name  text NOT NULL
-- );
--
-- ALTER TABLE app.customer ENABLE ROW LEVEL SECURITY;
--
-- Data steps stand beside the schema: backfills/*.sql fill new columns in batches, checks/*.sql ask
-- questions that must hold after a migration:
--
-- -- @check name=every_customer_has_an_email
-- SELECT count(*) = 0 AS ok FROM app.customer WHERE email = '';
"""

_GITIGNORE = """\
# passwords of databases do not belong in a repository
.env
"""

_GITATTRIBUTES = """\
# digests of plans and files are made of bytes: the same ones on every system
desired_schema/** text eol=lf
templates/** text eol=lf
plans/** text eol=lf
"""

_DESIRED_SAID = 'desired = "desired_schema"      # folder of the SQL files that declare the wanted state'
_DESIRED_READ = "# desired: as supabase/config.toml says (schema_paths, or else supabase/schemas)"

_FOLDERS = {
    DESIRED: ("example.sql", _EXAMPLE),
    "templates": (".gitkeep", ""),
    "plans": (".gitkeep", ""),
}
"""Folders of a project and the file that a new one starts with."""


def _files(folder: str) -> dict[str, str]:
    """The files of a new project whose desired files lie in `folder`."""
    configuration = CONFIG_TEXT if folder == DESIRED else CONFIG_TEXT.replace(_DESIRED_SAID, _DESIRED_READ)
    attributes = _GITATTRIBUTES.replace(f"{DESIRED}/", f"{folder}/")
    return {CONFIG_NAME: configuration, ".gitignore": _GITIGNORE, ".gitattributes": attributes}


@click.command("init")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--from-live", is_flag=True, help="Write the live database as desired files, as `schemadiff pull` does.")
@roles_option
@scratch_options
@target_options
@session_command
def command(session: Session, directory: Path, *, from_live: bool) -> None:
    """Start a project in DIRECTORY (default: here). Files that exist stay as they are."""
    found = find_project(None, directory.resolve(), Trust.of(session.variables)) if directory.is_dir() else None
    supabase = found if found and found.supabase and found.root == directory.resolve() else None
    desired = _folder(supabase) if supabase else DESIRED
    folders = {desired if folder == DESIRED else folder: beginning for folder, beginning in _FOLDERS.items()}
    for folder in folders:
        if leads_out(directory / folder, directory):
            raise ConfigError(f"{directory / folder} is a link that leads out of the project: take it away")
    made = [_create(directory / name, text, session) for name, text in _files(desired).items()]
    for folder, (name, text) in folders.items():
        occupied = (directory / folder).is_dir() and any((directory / folder).iterdir())
        if folder == desired and supabase:
            name, text = ".gitkeep", ""
        if not (folder == desired and from_live):
            made.append(_create(directory / folder / name, text, session, keep=occupied))
    if from_live:
        _pull(session, directory)
    elif not any(made):
        session.output.say("nothing to do: this folder holds a project already")
    elif supabase:
        session.output.say(_NEXT_AT_SUPABASE.format(desired) + _NEXT.format(2, 3))
    else:
        session.output.say(
            "\nnext steps:\n"
            "  1. set DATABASE_URL, or write it to .env (keep .env out of version control)\n"
            "  2. schemadiff pull          write the database that is there already to desired_schema/;\n"
            "                              for a new one, declare the wanted schema there\n" + _NEXT.format(3, 4)
        )


_NEXT = """
  {}. schemadiff plan          compare, and write a migration with its rollback to plans/
  {}. schemadiff apply PLAN    after the review
""".strip("\n")


_NEXT_AT_SUPABASE = """
next steps (--env local is the stack of `supabase start`; for the hosted project, set SUPABASE_DB_URL to the URL of its
session pooler):
  1. schemadiff pull --env local   write what is there already to {}/
"""


def _folder(project: Project) -> str:
    """The folder of the desired files, as a path from the root."""
    return project.desired.relative_to(project.root).as_posix()


def _pull(session: Session, directory: Path) -> None:
    """Pull into the project that stands in the folder now."""
    session.config = directory / CONFIG_NAME if session.config is None else session.config
    session.output.say(f"live: {session.target.shown}")
    pulled = make(session)
    if pulled.files:
        write(session, pulled)
    tell_left_out(session, pulled)
    session.output.say(f"\nnext steps: change the files in {session.project.desired.name}/, then\n{_NEXT.format(1, 2)}")


def _create(path: Path, text: str, session: Session, *, keep: bool = False) -> bool:
    """Write a new file unless it exists or `keep` says so; whether it was written."""
    if keep or path.exists():
        session.output.say(f"kept     {path.parent if keep else path}")
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    session.output.say(f"created  {path}")
    return True
