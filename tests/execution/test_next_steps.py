"""The next step that an error prints is run to the letter, and leads to the end."""

import re
import shlex

from click.testing import CliRunner

from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session
from schemadiff.plans.model import Segment
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import ADD_COLUMNS, DROP_REST, SETUP, Stage, step

HURDLE = """
CREATE TABLE public.faults (code text);
CREATE FUNCTION public.hurdle() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE fault text;
BEGIN
  SELECT min(code) INTO fault FROM public.faults;
  IF fault IS NOT NULL THEN RAISE EXCEPTION 'as a server would' USING ERRCODE = fault; END IF;
  RETURN true;
END $$
"""

FAULTS = {
    "25006": "this server is a standby, or was made read-only: name the primary with --database-url",
    "53100": "make room on the server's disk",
    "53200": "raise max_locks_per_transaction if it is the lock table that is full",
    "53300": "close idle connections",
    "42501": "use a role that may do this",
    "57014": "see what cancelled it",
    "XX000": "fix the cause",
}

JUMP = Segment(
    (step("ALTER TABLE public.contacts ADD jumped boolean DEFAULT public.hurdle()", "column public.contacts.jumped"),)
)


def typed(case: Stage, command: str, code: int = 0) -> str:
    """What a command prints on stderr, typed as it was printed, with the answer yes."""
    program, *words = shlex.split(command)
    assert program == "schemadiff"
    session = Session(variables={"DATABASE_URL": case.url})
    done = CliRunner().invoke(cli, [*words, "--auto-approve"], obj=session)
    assert done.exit_code == code, done.output
    return done.stderr


def offered(message: str) -> str:
    """The command in quotes that a message ends with."""
    return re.findall("'(schemadiff [^']+)'", message)[-1]


def test_each_fault_names_what_to_do_and_goes_on(server17: ScratchServer, stage: StageMaker) -> None:
    case = stage(server17, setup=f"{SETUP};{HURDLE}", up=[ADD_COLUMNS, JUMP], down=[])
    command = f"schemadiff apply {case.directory}"
    for code, words in FAULTS.items():
        case.execute(f"INSERT INTO public.faults VALUES ('{code}')")
        failed = typed(case, command, code=1)
        assert f"next: {words}" in failed, failed
        command = offered(failed)
        case.execute("DELETE FROM public.faults")
    assert "applied" in typed(case, command)


def test_a_lost_ledger_is_made_again(server17: ScratchServer, stage: StageMaker) -> None:
    case = stage(server17, up=[ADD_COLUMNS], down=[Segment(DROP_REST.steps[1:])])
    typed(case, f"schemadiff apply {case.directory}")
    case.execute("DROP SCHEMA schemadiff CASCADE")
    refused = typed(case, f"schemadiff rollback {case.directory}", code=3)
    mark, again = re.findall("'(schemadiff [^']+)'", refused)
    assert "recorded" in typed(case, mark)
    assert "rolled back" in typed(case, again)
