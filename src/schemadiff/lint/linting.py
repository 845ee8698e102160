"""What the rules find in one state, and what a plan brings or takes away between two."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from schemadiff.desired.places import Places
from schemadiff.errors import ConfigError
from schemadiff.lint.rule import Finding, Rule, Side
from schemadiff.lint.rules import RULES
from schemadiff.plans.advice import Advice
from schemadiff.toml_table import nearest

Key = tuple[str, str, str]
"""Rule, object, and what about it: what tells findings of two states apart."""

Found = Mapping[Key, tuple[Rule, Finding]]


def found_in(side: Side, ignore: Iterable[str] = ()) -> Found:
    """All findings of a state, but those that `ignore` names: `rule` or `rule:glob` on names of objects.

    Errors: ConfigError for a rule that there is not.
    """
    patterns = [_pattern(text) for text in ignore]
    return {
        (rule.name, str(finding.object.id), finding.about): (rule, finding)
        for rule in RULES
        for finding in rule.find(side)
        if not any(rule.name == name and fnmatchcase(finding.object.identity, glob) for name, glob in patterns)
    }


def new_in(after: Found, before: Found) -> Found:
    """What `after` has and `before` has not."""
    return {key: found for key, found in after.items() if key not in before}


def advice_on(found: Found, places: Places | None) -> tuple[Advice, ...]:
    """Findings as advice, with the places at which files declare their objects."""
    return tuple(_advice(rule, finding, places) for rule, finding in found.values())


def _advice(rule: Rule, finding: Finding, places: Places | None) -> Advice:
    built = finding.object
    place = places.of_object(built.id, built.within()) if places else None
    return Advice(rule.name, rule.severity, built.KIND, built.identity, place, finding.message, finding.fix)


def _pattern(text: str) -> tuple[str, str]:
    name, _, glob = text.partition(":")
    known = [rule.name for rule in RULES]
    name = name.replace("_", "-")
    if name not in known:
        raise ConfigError(f"[lint] ignore: there is no rule {name!r}; {nearest(name, tuple(known))}")
    return name, glob or "*"
