"""What templates made of the changes: many objects that change for one reason, told once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemadiff.desired.templating.changed import TemplateChange
from schemadiff.review.changes.collecting import all_lines
from schemadiff.review.changes.counts import by_kind
from schemadiff.review.changes.model import Group


@dataclass(frozen=True, slots=True)
class FromTemplate:
    """What changes because of one template."""

    template: TemplateChange
    words: str
    groups: tuple[Group, ...]

    def diff_lines(self, most: int) -> list[str]:
        """The template's own diff, the beginning of a long one."""
        lines = (self.template.diff or "").splitlines()
        return lines if len(lines) <= most else [*lines[: most - 1], f"... {len(lines) - most + 1} more lines"]


def parted(
    groups: Sequence[Group], templates: Sequence[TemplateChange]
) -> tuple[tuple[FromTemplate, ...], tuple[Group, ...]]:
    """What changed because of a template, and the rest; what several templates made stands under the first."""
    rest, found = tuple(groups), []
    for template in templates:
        here = _within(rest, template, inside=True)
        count = sum(1 for _ in all_lines(here))
        if template.diff or (template.diff is None and count > 1):
            found.append(FromTemplate(template, _words(template, here), here))
            rest = _within(rest, template, inside=False)
    return tuple(one for one in found if one.groups), rest


def _within(groups: Sequence[Group], template: TemplateChange, *, inside: bool) -> tuple[Group, ...]:
    """The lines about what a template made, or all others."""
    parts = (
        replace(one, lines=tuple(line for line in one.lines if (line.object in template.objects) is inside))
        for one in groups
    )
    return tuple(part for part in parts if part.lines)


def _words(template: TemplateChange, groups: Sequence[Group]) -> str:
    what = by_kind(list(all_lines(groups)))
    if template.diff:
        return f"{what} changed because of {template.file}, compared with {template.since}"
    return f"{what} made by {template.file}; git does not tell what it was before"
