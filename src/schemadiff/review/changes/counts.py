"""How much a script changes, on one line."""

from collections import Counter
from collections.abc import Sequence

from schemadiff.catalog.kinds import BY_NAME, RANK
from schemadiff.review.changes.collecting import all_lines
from schemadiff.review.changes.model import Group, Line, Mark

_BY_HAND = "statement"


def headline(groups: Sequence[Group]) -> str:
    """How many objects of each kind change, how many are dropped, and how many only make way: "2 tables; 1 drop"."""
    if not groups:
        return "nothing to do"
    changed = [line for line in all_lines(groups) if line.mark is not Mark.SAME]
    parts = [by_kind(changed)]
    drops = sum(_is_drop(line) for line in changed)
    parts.append(f"{drops} {'drop' if drops == 1 else 'drops'}" if drops else "no drops")
    if same := sum(line.mark is Mark.SAME for line in all_lines(groups)):
        parts.append(f"{same} recreated unchanged")
    return "; ".join(parts)


def by_kind(lines: Sequence[Line]) -> str:
    """How many objects of each kind: "2 tables, 5 columns"."""
    counted = Counter(line.kind for line in lines)
    kinds = sorted(counted, key=lambda kind: (_is_satellite(kind), RANK.get(kind, len(RANK))))
    return ", ".join(_counted(counted[kind], kind) for kind in kinds) or "no object"


def _is_drop(line: Line) -> bool:
    return line.mark is Mark.GOES and not _is_satellite(line.kind)


def _is_satellite(kind: str) -> bool:
    return kind in BY_NAME and BY_NAME[kind].SATELLITE


def _counted(number: int, kind: str) -> str:
    words = BY_NAME[kind].WORDS if kind in BY_NAME else None
    one = (words and words.kind) or kind
    if number == 1:
        return f"1 {one}"
    return f"{number} {(words and words.plural) or _plural(one)}"


def _plural(word: str) -> str:
    """The plural of a kind's name: of its last word, or of the one before `of`, `on` and the like."""
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return word if word.endswith(("s", "privileges")) else f"{word}{'es' if word.endswith(('x', 'ss')) else 's'}"
