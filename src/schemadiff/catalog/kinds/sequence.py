"""A sequence that stands by itself or feeds a serial column; those of identity columns belong to the column."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.letters import PERSISTENCE
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, StepNote, StepOperation
from schemadiff.catalog.statements.statement import Preflight, Statement
from schemadiff.catalog.versions import HAS_UNLOGGED_SEQUENCES, Version

NOT_OF_AN_IDENTITY = """
    NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS i
                WHERE i.classid = 'pg_catalog.pg_class'::regclass AND i.objid = c.oid AND i.deptype IN ('i', 'e'))
"""


SERIAL_OF = """
    (SELECT format('%%I.%%I.%%I', tn.nspname, t.relname, a.attname)
     FROM pg_catalog.pg_depend AS d
     JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid AND t.relowner = c.relowner
      AND t.relpersistence = c.relpersistence AND t.relnamespace = c.relnamespace
     JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
     JOIN pg_catalog.pg_attrdef AS f ON f.adrelid = t.oid AND f.adnum = a.attnum
     JOIN pg_catalog.pg_sequence AS o ON o.seqrelid = c.oid
     WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a'
       AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
       AND t.relkind IN ('r', 'p') AND a.attislocal AND a.attinhcount = 0 AND a.attnotnull
       AND a.atttypid = o.seqtypid AND a.attgenerated = ''
       AND o.seqincrement = 1 AND o.seqmin = 1 AND o.seqstart = 1 AND o.seqcache = 1 AND NOT o.seqcycle
       AND o.seqmax = CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
                                      ELSE 9223372036854775807 END
       AND c.relname = t.relname || '_' || a.attname || '_seq'
       AND pg_get_expr(f.adbin, f.adrelid)
           = format('nextval(%%L::regclass)', format('%%I.%%I', tn.nspname, c.relname)))
"""
"""The column of which a sequence, `c` in the query, is exactly what `serial` makes."""

_OF_UNLOGGED = """
    EXISTS (SELECT FROM pg_catalog.pg_depend AS d
            JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid AND t.relpersistence = 'u'
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a'
              AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0)
"""

SERIAL = Sql("SERIAL")
"""The clause by which a sequence tells its column that it came with the type."""


@kind("sequence", catalog="pg_class")
class Sequence(CatalogObject):
    """A sequence with its options; its current value is data and kept through every change."""

    data_type: Sql = alters(by="alter_options")
    increment: int = alters(by="alter_options")
    minimum: int = alters(by="alter_options")
    maximum: int = alters(by="alter_options")
    start: int = alters(by="alter_options")
    cache: int = alters(by="alter_options")
    cycle: bool = alters(by="alter_options")
    persistence: str = alters(values=PERSISTENCE)
    owned_by: Quoted | None = carries()
    """The table whose column the sequence belongs to."""
    serial_of: Quoted | None = carries()

    WORDS = Words(plural="sequences")
    MOVES_WITH_TABLE = True
    PLACE = Place("relnamespace", rows="relkind = 'S'")
    NEWER = (Newer(HAS_UNLOGGED_SEQUENCES, "UNLOGGED", lambda it: it.persistence == "u"),)
    OWNED = True
    GRANTABLE = "s"
    HOLDS_DATA = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Sequences; before servers knew unlogged ones, those of unlogged tables were permanent."""
        persistence = "c.relpersistence::text"
        if not version.tells(HAS_UNLOGGED_SEQUENCES):
            persistence = f"CASE WHEN {_OF_UNLOGGED} THEN 'p' ELSE {persistence} END"
        return f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               format_type(s.seqtypid, NULL) AS data_type, s.seqincrement AS increment, s.seqmin AS minimum,
               s.seqmax AS maximum, s.seqstart AS start, s.seqcache AS cache, s.seqcycle AS cycle,
               {persistence} AS persistence,
               (SELECT format('%%I.%%I', tn.nspname, t.relname)
                FROM pg_catalog.pg_depend AS d
                JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
                JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a'
                  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0) AS owned_by,
               {SERIAL_OF} AS serial_of,
               quote_ident(pg_get_userbyid(c.relowner)) AS owner,
               coalesce(c.relacl, acldefault('s', c.relowner))::text[] AS acl
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = c.oid
        WHERE c.relkind = 'S' AND n.oid = ANY(%(schemas)s) AND {NOT_OF_AN_IDENTITY}
        """

    def within(self) -> Identity | None:
        return Identity("column", self.serial_of) if self.serial_of else None

    def clause(self, parts: tuple[Sql, ...] = ()) -> Sql | None:
        return SERIAL if self.serial_of else None

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        unlogged = "UNLOGGED " if self.persistence == "u" else ""
        return (Statement(Sql(f"CREATE {unlogged}SEQUENCE {self.identity}{self._options(None)}")),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP SEQUENCE {self.identity}"), (Hazard.DATA_LOSS,)),)

    def rename(self, name: Quoted) -> Statement:
        return Statement(Sql(f"ALTER SEQUENCE {self.identity} RENAME TO {name}"))

    def likeness(self) -> object:
        """A serial column's sequence is the column's under any name."""
        return (self.owned_by, *self._all_options()) if self.owned_by else None

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("relation", self.identity),)

    def alter_options(self, before: "Sequence") -> Iterator[Statement]:
        after, old = self._all_options(), before._all_options()
        yield from made_to_fit(self.identity, after, old)
        made = Statement(Sql(f"ALTER SEQUENCE {self.identity}{self._options(before)}"))
        yield fitting(self.identity, after, old, made)

    def alter_persistence(self, before: "Sequence") -> tuple[Statement, ...]:
        words = "UNLOGGED" if self.persistence == "u" else "LOGGED"
        return (Statement(Sql(f"ALTER SEQUENCE {self.identity} SET {words}")),)

    def _options(self, before: "Sequence | None") -> str:
        return sequence_options(self._all_options(), before._all_options() if before else None)

    def _all_options(self) -> "Options":
        return (
            self.data_type, self.increment, self.minimum, self.maximum, self.start, self.cache, self.cycle
        )  # fmt: skip


Options = tuple[str, int, int, int, int, int, bool]
"""Type, increment, minimum, maximum, start, cache, cycle."""

WIDTHS = {"smallint": 15, "integer": 31, "bigint": 63}


def usual(data_type: str, increment: int) -> Options:
    """The options of a sequence that names none. Source: Postgres docs, CREATE SEQUENCE."""
    top = _top(data_type)
    low, high = (1, top) if increment > 0 else (-top - 1, -1)
    return (data_type, increment, low, high, low if increment > 0 else high, 1, False)


def bounds_of(data_type: str) -> tuple[int, int]:
    """The least and the greatest value of an integer type."""
    top = _top(data_type)
    return -top - 1, top


def _top(data_type: str) -> int:
    return (1 << WIDTHS.get(data_type, 63)) - 1


def carried_over(before: Options, data_type: str) -> tuple[int, int]:
    """The bounds after a change of type alone: those that were the old type's own become the new type's."""
    old, new = _top(before[0]), _top(data_type)
    return (-new - 1 if before[2] == -old - 1 else before[2], new if before[3] == old else before[3])


def sequence_options(options: Options, before: Options | None) -> str:
    """The words that turn a sequence with options `before` (or a new one) into one with `options`."""
    data_type, increment, low, high, start, cache, cycle = options
    reference = before or usual("bigint", increment)
    words = f" AS {data_type}" if data_type != reference[0] else ""
    words += f" INCREMENT BY {increment}" if increment != (before or usual("bigint", 1))[1] else ""
    if before is None:
        old_low, old_high = usual(data_type, increment)[2:4]
        old_start = low if increment > 0 else high
    else:
        old_low, old_high = carried_over(before, data_type)
        old_start = before[4]
    words += f" MINVALUE {low}" if low != old_low else ""
    words += f" MAXVALUE {high}" if high != old_high else ""
    words += f" START WITH {start}" if start != old_start else ""
    if before is not None and starts_anew(options, before):
        words += f" RESTART WITH {start}"  # no value of before can be kept
    words += f" CACHE {cache}" if cache != reference[5] else ""
    if cycle != reference[6]:
        words += " CYCLE" if cycle else " NO CYCLE"
    return words


def starts_anew(options: Options, before: Options) -> bool:
    """Whether no value from before fits the new bounds."""
    return before[3] < options[2] or options[3] < before[2]


def made_to_fit(name: Quoted, options: Options, before: Options) -> Iterator[Statement]:
    """What lets a sequence that was never used take bounds that its first value lies outside of."""
    low, high, old = options[2], options[3], before[4]
    if low <= old <= high or starts_anew(options, before):
        return
    value = min(max(options[4], before[2]), before[3])
    words = f"SELECT pg_catalog.setval({literal(name)}, {value}, false) FROM {name} WHERE NOT is_called"
    purpose = Purpose(StepOperation.RESTART_UNUSED, Identity("sequence", name), ())
    yield Statement(Sql(words), purpose=purpose)


def fitting(name: Quoted, options: Options, before: Options, statement: Statement) -> Statement:
    """The statement that gives a sequence its options, as one that fails where it has counted beyond them."""
    low, high = options[2:4]
    if starts_anew(options, before):
        return replace(statement, purpose=Purpose(note=StepNote.RESTARTED))
    if low <= before[2] and before[3] <= high:
        return statement
    used = "" if low <= before[4] <= high else " AND is_called"  # else it was made to fit
    rows = f"SELECT last_value\nFROM {name}\nWHERE last_value NOT BETWEEN {low} AND {high}{used}"
    problem = Problem.of(ProblemKind.SEQUENCE_BEYOND, low, high)
    hazards = (*statement.hazards, Hazard.MAY_FAIL_ON_DATA)
    asked = Preflight(f"sequence {name}", problem, Sql(rows))
    return replace(statement, hazards=hazards, preflights=(asked,))
