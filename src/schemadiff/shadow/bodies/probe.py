"""A PL/pgSQL body as one that only asks for the plan of each of its statements, with the same variables in scope.

Blocks, declarations and labels stay; conditions and loops go; `EXPLAIN` plans a statement and runs none. What the
server says of one is collected with the number of the statement.
"""

from collections import Counter
from dataclasses import dataclass, field

from schemadiff.shadow.bodies.words import Phrase

SAID, LINE = "schemadiff_said", "schemadiff_line"
"""The variables in which the probe collects what is wrong, and lets plans go by."""

_EXPLAINED = frozenset({"SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "("})
_WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "NEXTVAL"})


@dataclass(slots=True)
class Tried:
    """A statement or expression of a body; a `guarded` one stands in a block that catches what may be wrong with it."""

    offset: int
    guarded: bool = False


@dataclass(slots=True)
class Probe:
    """The body being written, what is tried in it, and where else words of it stand that nobody can try."""

    lines: list[str] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    """Statements that Postgres cannot plan."""
    records: dict[str, bool] = field(default_factory=dict)
    """Variables, and whether each is a record of whatever shape comes."""
    assigned: Counter[str] = field(default_factory=Counter)
    _shapes: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The probe; a record has a shape where only one statement gives it one."""
        for line, name in self._shapes:
            if self.assigned[name] > 1:
                self.lines[line] = ""
        return "\n".join(self.lines)

    def expression(self, phrase: Phrase, offset: int | None = None) -> None:
        """Try an expression, or several with commas between."""
        if phrase:
            self._explain(f"SELECT {phrase.text}", phrase.tokens[0].start if offset is None else offset)

    def statement(self, phrase: Phrase) -> None:
        """Try a statement of SQL, without the variables that it fills."""
        words = phrase.words
        if not words or words[0] not in _EXPLAINED:
            self.untried.append(phrase.text)
            return
        query, targets = _without_into(phrase)
        self._explain(query, phrase.tokens[0].start)
        for target in targets:
            self.assign(target)
        if len(targets) == 1 and len(targets[0]) == 1:
            name = targets[0].text.lower()
            if self.records.get(name):
                self._shapes.append((len(self.lines), name))
                self.shape(name, query)

    def query(self, phrase: Phrase) -> None:
        """Try a query that stands where only a query can."""
        if phrase:
            self._explain(phrase.text, phrase.tokens[0].start)

    def assign(self, target: Phrase) -> None:
        """A variable gets a value, or a field of it, which must be there."""
        self.assigned[target.words[0].lower()] += len(target) == 1
        if len(target) > 1:
            self.expression(target)

    def shape(self, record: str, query: str) -> None:
        """Give a record the columns of a query, of which no row is asked for."""
        words = query.upper().replace("(", " ").split()
        if _WRITING.isdisjoint(words):
            self.lines.append(
                f"BEGIN FOR {record} IN SELECT * FROM ({query}\n) AS shaped LIMIT 0 LOOP END LOOP; "
                "EXCEPTION WHEN OTHERS THEN NULL; END;"
            )
        else:
            self.lines.append("")

    def _explain(self, query: str, offset: int) -> None:
        number = len(self.tried)
        self.tried.append(Tried(offset))
        self.lines.append(
            f"BEGIN FOR {LINE} IN EXPLAIN (COSTS OFF) {query}\nLOOP EXIT; END LOOP; EXCEPTION WHEN OTHERS THEN "
            f"{SAID} := pg_catalog.array_cat({SAID}, ARRAY['{number}', SQLSTATE, SQLERRM]); END;"
        )


def _without_into(phrase: Phrase) -> tuple[str, list[Phrase]]:
    """A statement without INTO and its targets, and these."""
    words, place = phrase.words, phrase.find({"INTO"})
    while place is not None and words[place - 1] in ("INSERT", "MERGE"):
        place = phrase.find({"INTO"}, place + 1)
    if place is None:
        return phrase.text, []
    at = place + 1 + (words[place + 1 : place + 2] == ("STRICT",))
    targets = []
    while True:
        end = phrase.name_end(at)
        targets.append(phrase.part(at, end))
        if words[end : end + 1] != (",",):
            return f"{phrase.part(0, place).text} {phrase.part(end).text}", targets
        at = end + 1
