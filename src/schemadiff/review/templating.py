"""The templates of reviews, with the words that all of them use."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schemadiff.plans import wording
from schemadiff.plans.preflights import in_words
from schemadiff.review import digest, summary

TEMPLATES = Path(__file__).with_name("templates")

_OF_SUMMARY = ("in_the_way", "judgements", "manner", "refusal", "server_version", "size", "to_allow", "waits")


def environment(*, escapes: bool) -> Environment:
    """What renders a template in the folder of templates; with `escapes`, what is printed is no markup of HTML."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=escapes,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals |= {name: getattr(summary, name) for name in _OF_SUMMARY}
    made.globals |= {"answers": digest.answers, "in_words": in_words, "words": wording.summary}
    return made
