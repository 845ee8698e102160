"""The process in which templates are rendered: it answers what `templates.Templates` asks, a line of JSON each.

So a template that loops for ever, takes all memory, or finds its way out of Jinja's sandbox ends with this process,
which holds nothing, writes nothing and connects to nothing.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO, TypedDict

from schemadiff.config import Variable
from schemadiff.desired import limits
from schemadiff.desired.reading.source import Text
from schemadiff.desired.reading.text import too_long
from schemadiff.desired.templating.sandbox import Renderer
from schemadiff.errors import DesiredError
from schemadiff.scratch.confinement import landlock, seccomp
from schemadiff.scratch.confinement.system_calls import machine

_AGAIN_SECONDS = 3


class Answer(TypedDict):
    """What a file renders to: where its parts were written, and the texts of the templates among them.

    `error` is empty, or what is wrong with it.
    """

    error: str
    text: str
    spans: list[tuple[int, str, int, bool]]
    texts: dict[str, str]


def serve(questions: TextIO, answers: TextIO) -> None:
    """Answer until the questions end.

    The first line is the directory of the templates and the one in which they lie, or nothing, and the limits; the
    second one the variables.
    """
    *folders, seconds, memory, text = json.loads(questions.readline())
    limits.TEMPLATE_SECONDS, limits.TEMPLATE_MEMORY, limits.MOST_TEXT = seconds, memory, text
    directory, root = (None if folder is None else Path(folder) for folder in folders)
    variables: dict[str, Variable] = json.loads(questions.readline())
    _shut_in(root or directory)
    renderer = Renderer(directory, root, variables)
    for line in questions:
        name, text = json.loads(line)
        answers.write(json.dumps(_answer(renderer, Text(name, text))) + "\n")
        answers.flush()


def _shut_in(templates: Path | None) -> None:
    """Let this process read Python's modules and the templates, and do nothing else."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.TEMPLATE_MEMORY, limits.TEMPLATE_MEMORY))
    readable = [*(Path(folder) for folder in sys.path if folder), *([templates] if templates else [])]
    with suppress(OSError):  # not every system can, and the sandbox of Jinja is there first
        if landlock.version():
            landlock.restrict_thread((folder, landlock.READ) for folder in readable)
        if (on := machine()) is not None and seccomp.available():
            seccomp.refuse_connections(on)


def _answer(renderer: Renderer, file: Text) -> Answer:
    try:
        with _in_time():
            source = renderer.render(file)
        if len(source.text) > limits.MOST_TEXT:
            raise too_long(file.name)
    except DesiredError as error:
        return Answer(error=str(error), text="", spans=[], texts={})
    texts = {span.origin.name: span.origin.text for span in source.spans if span.origin is not file}
    spans = [(span.start, span.origin.name, span.offset, span.expression) for span in source.spans]
    return Answer(error="", text=source.text, spans=spans, texts=texts)


class _TooSlow(Exception):
    """A template is rendered for too long."""


@contextmanager
def _in_time() -> Iterator[None]:
    signal.signal(signal.SIGALRM, _interrupt)
    # again and again: what is rendered may catch one
    signal.setitimer(signal.ITIMER_REAL, limits.TEMPLATE_SECONDS, _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise _TooSlow(f"does not end within {limits.TEMPLATE_SECONDS} seconds: is it an endless loop?")
