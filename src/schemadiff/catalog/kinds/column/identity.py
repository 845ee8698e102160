"""GENERATED AS IDENTITY: the sequence that feeds a column and belongs to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.sequence import (
    Options,
    Sequence,
    bounds_of,
    carried_over,
    fitting,
    made_to_fit,
    sequence_options,
)
from schemadiff.catalog.kinds.shared.letters import PERSISTENCE
from schemadiff.catalog.sql import Quoted, Sql, beside, last_name, literal
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Phase, Statement, changing, concerning
from schemadiff.catalog.versions import HAS_UNLOGGED_SEQUENCES, Version

Feeding = tuple[str, ...]
"""Name, type, increment, minimum, maximum, start, cache, cycle and persistence of a sequence."""


_SEQUENCE = """
    JOIN pg_catalog.pg_class AS sc ON sc.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace AS sn ON sn.oid = sc.relnamespace"""


def _values(version: Version) -> str:
    """A sequence's Feeding; before servers knew unlogged ones, all were permanent."""
    persistence = "sc.relpersistence::text" if version.tells(HAS_UNLOGGED_SEQUENCES) else "'p'"
    return f"""ARRAY[format('%%I.%%I', sn.nspname, sc.relname), format_type(s.seqtypid, NULL),
                 s.seqincrement::text, s.seqmin::text, s.seqmax::text, s.seqstart::text,
                 s.seqcache::text, s.seqcycle::text, {persistence}] AS sequence"""


def feeding(version: Version) -> str:
    """The query for sequences that belong to columns: an identity's own (type `i`) and a serial's (`a`)."""
    return f"""
    SELECT DISTINCT ON (i.refobjid, i.refobjsubid, i.deptype)
           i.refobjid AS relation, i.refobjsubid AS number, i.deptype AS type, {_values(version)}
    FROM pg_catalog.pg_depend AS i
    JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = i.objid {_SEQUENCE}
    WHERE i.classid = 'pg_catalog.pg_class'::regclass AND i.deptype IN ('a', 'i')
      AND i.refclassid = 'pg_catalog.pg_class'::regclass AND i.refobjsubid > 0
    ORDER BY i.refobjid, i.refobjsubid, i.deptype, i.objid
    """


def drawn_from(version: Version) -> str:
    """The query for sequences that defaults draw from, whoever they belong to."""
    return f"""
    SELECT DISTINCT ON (i.objid) i.objid AS default_value, {_values(version)}
    FROM pg_catalog.pg_depend AS i
    JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = i.refobjid {_SEQUENCE}
    WHERE i.classid = 'pg_catalog.pg_attrdef'::regclass AND i.deptype = 'n'
      AND i.refclassid = 'pg_catalog.pg_class'::regclass
    ORDER BY i.objid, s.seqrelid
    """


_FEW = 1_000_000
"""Rows are not counted against more numbers than that: tables have fewer rows, or take long to count."""


@dataclass(frozen=True, slots=True)
class IdentityColumn:
    """How one column is fed: `kind` is `a` (ALWAYS), `d` (BY DEFAULT) or None, then perhaps by a serial's sequence."""

    alter: Sql
    """ALTER TABLE ... ALTER COLUMN ..., without the action."""
    column_type: Sql
    kind: str | None
    sequence: Feeding | None
    serial: Feeding | None
    table_persistence: str
    """What a new sequence of the column has, and one that is there when the table gets it."""

    def clause(self) -> str:
        """GENERATED ... AS IDENTITY, with the options that are not the usual ones."""
        options = sequence_options(_options(self.sequence), None).replace(f" AS {self.column_type}", "", 1)
        named = f"SEQUENCE NAME {self.sequence[0]}" if self.sequence else ""
        return f"GENERATED {self._generation()} AS IDENTITY ({named}{options})"

    def remainder(self) -> Iterator[Statement]:
        """What the clause cannot say."""
        if self.sequence and self.sequence[8] != self.table_persistence:
            yield self._made_persistent(Quoted(self.sequence[0]), self.table_persistence)

    def change(self, before: "IdentityColumn") -> Iterator[Statement]:
        """What makes the column be fed as this one is."""
        if self.kind is None:
            yield from self._end(before)
        elif before.kind is None:
            yield from self._begin(before)
            yield from self.remainder()
        else:
            yield from self._differ(before)

    def begin_with_children(self, added: Statement) -> Iterator[Statement]:
        """Rows get numbers, those of children too; `added` adds the column by itself, which has no identity there."""
        assert self.sequence is not None
        name = Quoted(self.sequence[0])
        yield from self._own_sequence((_aside(name), *self.sequence[1:]))
        yield replace(added, sql=Sql(f"{added.sql} DEFAULT nextval({literal(_aside(name))})"))
        yield from changing([self._alter("DROP DEFAULT"), self._alter(f"ADD {self.clause()}")], "identity_kind")
        yield from self.remainder()
        yield _continued(name, _aside(name))
        yield _dropped(_aside(name))

    def sequence_ahead(self) -> Iterator[Statement]:
        """What rows that are there are numbered from: a serial's sequence, or one aside from the identity's."""
        if self.kind is not None and self.sequence is not None:
            aside = _aside(Quoted(self.sequence[0]))
            yield from self._own_sequence((aside, *self.sequence[1:]))
            # to draw from an identity takes no privilege
            allowed = Purpose.of(
                StepOperation.GRANT, Identity("privilege", Quoted(f"SEQUENCE {aside} TO PUBLIC")),
                RawChange("granted", None, ("USAGE",)),
            )  # fmt: skip
            yield Statement(Sql(f"GRANT USAGE ON SEQUENCE {aside} TO PUBLIC"), purpose=allowed)
        elif self.serial is not None:
            yield from self._own_sequence(self.serial)

    def draw_ahead(self, column: Quoted) -> Iterator[Statement]:
        """New rows draw from it, too."""
        yield from changing([self._alter(f"SET DEFAULT {self.value_ahead()}")], "serial")
        if self.kind is None and self.serial is not None:
            name = Quoted(self.serial[0])
            owned = RawChange("owned_by", None, column)
            purpose = Purpose(StepOperation.ALTER, Identity("sequence", name), (), (owned,))
            yield Statement(Sql(f"ALTER SEQUENCE {name} OWNED BY {column}"), purpose=purpose)

    def value_ahead(self) -> Sql | None:
        """The next number."""
        if self.kind is not None and self.sequence is not None:
            return Sql(f"nextval({literal(_aside(Quoted(self.sequence[0])))}::regclass)")
        return None if self.serial is None else Sql(f"nextval({literal(self.serial[0])}::regclass)")

    def take_over_ahead(self) -> Iterator[Statement]:
        """The identity goes on where the sequence aside stands, in one transaction."""
        assert self.sequence is not None
        name = Quoted(self.sequence[0])
        begun = changing([self._alter("DROP DEFAULT"), self._alter(f"ADD {self.clause()}")], "identity_kind")
        made = (*begun, *self.remainder(), _continued(name, _aside(name)), _dropped(_aside(name)))
        yield from (replace(statement, phase=Phase.FINISH) for statement in made)

    def narrowed(self, before: "IdentityColumn") -> Iterator[Statement]:
        """Before the column's type is too narrow for what the sequence is told: what it should be told then."""
        if self.sequence and before.sequence and self._is_beyond(before):
            after, old = _options(self.sequence), _options(before.sequence)
            name, options = Quoted(before.sequence[0]), sequence_options((old[0], *after[1:]), old)
            yield from made_to_fit(name, after, old)
            words = "".join(f" SET{option}" for option in _separately(options))
            yield fitting(name, after, old, self._alter(words.strip().replace("SET RESTART", "RESTART")))

    def _is_beyond(self, before: "IdentityColumn") -> bool:
        """Whether the sequence's bounds or its start are no values of the column's new type."""
        old = _options(before.sequence)
        data_type = _options(self.sequence)[0]
        if before.kind is None or self.kind is None or data_type == old[0]:
            return False
        lowest, highest = bounds_of(data_type)
        low, high = carried_over(old, data_type)
        return not all(lowest <= value <= highest for value in (low, high, old[4]))

    def few_numbers(self) -> int | None:
        """How many rows it can number; None where that is more than tables usually have, or where it starts over."""
        _, increment, low, high, start, _, cycle = _options(self.sequence)
        numbers = ((high - start) // increment if increment > 0 else (start - low) // -increment) + 1
        return None if cycle or numbers > _FEW else numbers

    def takes_over(self, before: "IdentityColumn") -> Quoted | None:
        """The sequence by itself that is made or dropped while its value goes to the other one of the same name."""
        return next((name for name, other in self._handed_over(before) if name == other), None)

    def draws_on(self, before: "IdentityColumn") -> Quoted | None:
        """The sequence by itself whose value goes to one of another name, or comes from there."""
        return next((name for name, other in self._handed_over(before) if name != other), None)

    def _handed_over(self, before: "IdentityColumn") -> Iterator[tuple[Quoted, Quoted]]:
        """The sequence by itself, and the identity's, where the one feeds the column after the other."""
        serial, sequence = (self.serial, before.sequence) if self.kind is None else (before.serial, self.sequence)
        if (self.kind is None) != (before.kind is None) and serial and sequence:
            yield Quoted(serial[0]), Quoted(sequence[0])

    def _begin(self, before: "IdentityColumn") -> Iterator[Statement]:
        source = before.serial and Quoted(before.serial[0])
        if not source or self.sequence is None:
            yield self._alter(f"ADD {self.clause()}")
        elif source != self.sequence[0]:
            yield self._alter(f"ADD {self.clause()}")
            yield _continued(Quoted(self.sequence[0]), source)
        else:
            yield _renamed(source, _aside(source))
            yield self._alter(f"ADD {self.clause()}")
            yield _continued(source, _aside(source))
            yield _dropped(_aside(source))

    def _end(self, before: "IdentityColumn") -> Iterator[Statement]:
        if self.serial is not None and before.sequence is not None:
            name, source = Quoted(self.serial[0]), Quoted(before.sequence[0])
            if name != source:
                yield _brought_forward(name, source)
            else:
                yield _renamed(source, _aside(source))
                yield from self._own_sequence(self.serial)
                yield _continued(name, _aside(source))
        yield self._alter("DROP IDENTITY")

    def _own_sequence(self, serial: Feeding) -> Iterator[Statement]:
        data_type, increment, minimum, maximum, start, cache, cycle = _options(serial)
        made = Sequence(
            identity=Quoted(serial[0]), data_type=Sql(data_type), increment=increment, minimum=minimum,
            maximum=maximum, start=start, cache=cache, cycle=cycle, persistence=serial[8], owned_by=None,
            serial_of=None,
        )  # fmt: skip
        yield from concerning(made.id, made.create(), StepOperation.CREATE)

    def _differ(self, before: "IdentityColumn") -> Iterator[Statement]:
        words = "" if self.kind == before.kind else f" SET GENERATED {self._generation()}"
        after, old = _options(self.sequence), _options(before.sequence)
        if self.sequence and before.sequence:
            # Another type of the column has given the sequence its type already.
            beyond = self._is_beyond(before)
            options = "" if beyond else sequence_options(after, old).replace(f" AS {after[0]}", "", 1)
            yield from () if beyond else made_to_fit(Quoted(before.sequence[0]), after, old)
            words += "".join(f" SET{option}" for option in _separately(options))
        if words:
            made = self._alter(words.strip().replace("SET RESTART", "RESTART"))
            told = before.sequence and not self._is_beyond(before)
            yield fitting(Quoted(before.sequence[0]), after, old, made) if told and before.sequence else made
        if self.sequence and before.sequence:
            follows = self.table_persistence != before.table_persistence
            stands = self.table_persistence if follows else before.sequence[8]
            if stands != self.sequence[8]:
                yield self._made_persistent(Quoted(before.sequence[0]), stands)
        if self.sequence and before.sequence and self.sequence[0] != before.sequence[0]:
            yield _renamed(Quoted(before.sequence[0]), Quoted(self.sequence[0]))

    def _made_persistent(self, name: Quoted, before: str) -> Statement:
        assert self.sequence is not None
        purpose = Purpose(
            StepOperation.ALTER, Identity("sequence", name), (), (RawChange("persistence", before, self.sequence[8]),)
        )
        words = f"ALTER SEQUENCE {name} SET {'UNLOGGED' if self.sequence[8] == 'u' else 'LOGGED'}"
        return Statement(Sql(words), purpose=purpose)

    def _generation(self) -> str:
        return "ALWAYS" if self.kind == "a" else "BY DEFAULT"

    def _alter(self, action: str) -> Statement:
        return Statement(Sql(f"{self.alter} {action}"))


def _aside(name: Quoted) -> Quoted:
    return beside(name, "schemadiff")


def _renamed(old: Quoted, new: Quoted) -> Statement:
    named = RawChange("name", old, new)
    purpose = Purpose(StepOperation.RENAME, Identity("sequence", new), (), (named,))
    return Statement(Sql(f"ALTER SEQUENCE {old} RENAME TO {last_name(new)}"), purpose=purpose)


def _dropped(name: Quoted) -> Statement:
    purpose = Purpose(StepOperation.DROP, Identity("sequence", name), ())
    return Statement(Sql(f"DROP SEQUENCE {name}"), purpose=purpose)


def _continued(name: Quoted, source: Quoted) -> Statement:
    words = f"SELECT pg_catalog.setval({literal(name)}, last_value, is_called) FROM {source}"
    return Statement(Sql(words), purpose=_continuing(name, source))


def _continuing(name: Quoted, source: Quoted) -> Purpose:
    return Purpose(StepOperation.CONTINUE, Identity("sequence", name), (), (RawChange("source", None, source),))


def _brought_forward(name: Quoted, source: Quoted) -> Statement:
    """A sequence that others draw from, too, may have gone further already."""
    words = (
        f"SELECT pg_catalog.setval({literal(name)}, o.last_value, o.is_called) FROM {source} AS o, {name} AS n "
        "WHERE abs(o.last_value) >= abs(n.last_value)"
    )
    return Statement(Sql(words), purpose=_continuing(name, source))


def _options(feeding: Feeding | None) -> Options:
    if feeding is None:
        return ("bigint", 1, 1, 2**63 - 1, 1, 1, False)
    _, data_type, increment, low, high, start, cache, cycle, _ = feeding
    return (data_type, int(increment), int(low), int(high), int(start), int(cache), cycle == "true")


_PARTS = ("name", "type", "increment", "minimum", "maximum", "start", "cache", "cycle", "persistence")


def feeding_words(feeding: object) -> str:
    """A sequence's name and options as people read them."""
    assert isinstance(feeding, list | tuple)
    pairs = zip(_PARTS, feeding, strict=False)
    return ", ".join(f"{name} {PERSISTENCE.get(part, part) if name == 'persistence' else part}" for name, part in pairs)


def _separately(options: str) -> list[str]:
    """Sequence options as ALTER COLUMN takes them: each behind a SET of its own."""
    found: list[str] = []
    for word in options.split():
        if word in ("INCREMENT", "MINVALUE", "MAXVALUE", "START", "RESTART", "CACHE", "NO") or (
            word == "CYCLE" and found[-1:] != [" NO"]
        ):
            found.append(f" {word}")
        else:
            found[-1] += f" {word}"
    return found
