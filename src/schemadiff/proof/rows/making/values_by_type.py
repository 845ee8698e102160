"""Values to try in a column, by its type: ordinary ones first, then the edges of the type."""

from collections.abc import Iterable
from itertools import pairwise

from schemadiff.catalog.sql import Sql, literal
from schemadiff.proof.rows.shape import Shape, Type

_WORDS = ("alpha", "beta", "gamma", "delta", "epsilon")
_LONG = "x" * 300
_TEXTS = (*_WORDS, "", " ", "Ünïcode ☃ 漢字", "quote ' \" \\ %", _LONG, "0", "null", "tab\tline\n")
_INTEGERS = ("1", "2", "3", "4", "5", "0", "-1", "10", "42", "100")
_NUMBERS = (*_INTEGERS, "0.5", "-2.25", "99.99")
_DATES = ("2024-01-15", "2024-02-29", "2023-12-31", "2025-06-01", "2000-01-01", "1969-07-20")

_BY_NAME: dict[str, tuple[str, ...]] = {
    "bool": ("true", "false"),
    "int2": (*_INTEGERS, "32767", "-32768"),
    "int4": (*_INTEGERS, "2147483647", "-2147483648"),
    "int8": (*_INTEGERS, "9223372036854775807", "-9223372036854775808"),
    "oid": ("1", "2", "3", "4", "5", "0", "4294967295"),
    "numeric": (*_NUMBERS, "NaN", "123456789012345678901234567890.123456789", "Infinity"),
    "float4": (*_NUMBERS, "NaN", "Infinity", "-Infinity", "1e-37", "3.4028235e+38"),
    "float8": (*_NUMBERS, "NaN", "Infinity", "-Infinity", "1e-307", "1.7976931348623157e+308"),
    "money": ("1.00", "2.50", "3.00", "4.00", "5.00", "0.00", "-1.00"),
    "text": _TEXTS,
    "varchar": _TEXTS,
    "bpchar": _TEXTS,
    "name": (*_WORDS, "", "Ünïcode"),
    "char": ("a", "b", "c", "d", "e", ""),
    "citext": _TEXTS,
    "bytea": (r"\x01", r"\x02ff", r"\x03", r"\x", r"\x00"),
    "uuid": (
        *(f"00000000-0000-4000-8000-{number:012d}" for number in range(1, 9)),
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ),
    "date": (*_DATES, "0001-01-01", "infinity", "-infinity"),
    "time": ("08:00", "09:30", "12:00:00.123456", "23:59:59", "00:00", "24:00"),
    "timetz": ("08:00+00", "09:30+02", "12:00-08", "23:59:59+00", "00:00+14"),
    "timestamp": (*(f"{date} 12:00" for date in _DATES), "2024-01-01 00:00:00.123456", "infinity", "-infinity"),
    "timestamptz": (*(f"{date} 12:00+00" for date in _DATES), "2024-07-01 00:00:00.123456+02", "infinity", "-infinity"),
    "interval": ("1 day", "2 hours", "3 mons", "1 year 2 days 03:04:05.678", "5 min", "0", "-1 day"),
    "json": ('{"a": 1}', '{"b": [1, 2]}', "{}", "[]", '"text"', "1", "null", '{"a":  1, "a": 2}'),
    "jsonb": ('{"a": 1}', '{"b": [1, 2]}', "{}", "[]", '"text"', "1", "null", '{"a": {"b": "Ünï"}}'),
    "jsonpath": ("$.a", "$.b", "$[*]", "$"),
    "xml": ("<a>1</a>", "<b/>", "text", ""),
    "inet": ("192.0.2.1", "192.0.2.2", "2001:db8::1", "10.0.0.0/8", "192.0.2.3", "0.0.0.0/0"),
    "cidr": ("192.0.2.0/24", "198.51.100.0/24", "2001:db8::/32", "10.0.0.0/8", "0.0.0.0/0"),
    "macaddr": ("08:00:2b:01:02:03", "08:00:2b:01:02:04", "08:00:2b:01:02:05", "00:00:00:00:00:00"),
    "macaddr8": ("08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06", "00:00:00:00:00:00:00:00"),
    "bit": ("1", "0", "101", "010", "11111111"),
    "varbit": ("1", "0", "101", "010", ""),
    "point": ("(1,1)", "(2,2)", "(3,3)", "(0,0)", "(-1.5,1e10)"),
    "line": ("{1,2,3}", "{2,1,0}", "{1,0,0}"),
    "lseg": ("[(0,0),(1,1)]", "[(1,1),(2,3)]", "[(0,0),(0,0)]"),
    "box": ("(1,1),(0,0)", "(3,3),(2,2)", "(5,5),(4,4)", "(7,7),(6,6)", "(9,9),(8,8)"),
    "path": ("((0,0),(1,1))", "[(0,0),(1,2)]"),
    "polygon": ("((0,0),(1,0),(1,1))", "((2,2),(3,2),(3,3))"),
    "circle": ("<(0,0),1>", "<(5,5),1>", "<(10,10),1>", "<(15,15),1>", "<(20,20),1>"),
    "tsvector": ("'alpha':1 'beta':2A", "'gamma':3", ""),
    "tsquery": ("'alpha' & 'beta'", "'gamma'", ""),
    "pg_lsn": ("0/1", "0/2", "16/B374D848", "0/0"),
    "txid_snapshot": ("10:20:10,14,15", "1:1:"),
    "pg_snapshot": ("10:20:10,14,15", "1:1:"),
    "xid8": ("1", "2", "3"),
    "xid": ("1", "2", "3"),
    "tid": ("(0,1)", "(0,2)"),
    "regclass": ("pg_class", "pg_type", "pg_proc"),
    "regtype": ("integer", "text", "uuid"),
    "regrole": ("pg_monitor", "pg_read_all_data"),
    "regnamespace": ("pg_catalog", "information_schema"),
}

_UNKNOWN = (
    *_WORDS, "1", "2", "3", "", "{}", "[]", "(1,1)", "{1,2,3}", "[1,2,3]", "1.2.3", "a=>1, b=>2",
    "a.b", "a.c", "POINT(0 0)", "POINT(1 1)", "true", "2024-01-15",
)  # fmt: skip
"""For types of extensions or in C: some of these may be valid input."""

_RANGES = {
    "int4range": ("1", "5", "11", "15", "21", "25", "31", "35", "41", "45"),
    "date": tuple(f"20{year}-01-01" for year in range(10, 20)),
}
_STEPS_OF_RANGES = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric", "float4", "float8"), _RANGES["int4range"]),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), _RANGES["date"]),
    **dict.fromkeys(("time", "interval"), tuple(f"{hour:02d}:00" for hour in range(1, 11))),
    **dict.fromkeys(("text", "varchar", "name"), tuple("abcdefghij")),
}


class Values:
    """The values to try for each type of a shape, as SQL expressions; `extra` strings go first where they fit."""

    def __init__(self, shape: Shape) -> None:
        self._types = shape.types

    def of(self, oid: int, written: Sql, extra: Iterable[str] = ()) -> list[Sql]:
        """Values of a type as a column has it, with its modifier; not all of them need be valid."""
        found = self._of(self._types[oid], written, tuple(extra))
        return list(dict.fromkeys(found))

    def certain(self, oid: int) -> bool:
        """Whether every value of the type's own, without a modifier, is valid for sure."""
        kind = self._types[oid]
        if kind.kind == "b" and not kind.element:
            return kind.built_in and kind.plain_name in _BY_NAME
        if kind.kind == "b":
            return self.certain(kind.element)
        return kind.kind == "e" or (kind.kind == "c" and all(self.certain(oid) for oid, _ in kind.attributes))

    def plain(self, oid: int) -> Type:
        """The type under domains."""
        kind = self._types[oid]
        return self.plain(kind.base) if kind.kind == "d" else kind

    def _of(self, kind: Type, written: Sql, extra: tuple[str, ...]) -> list[Sql]:
        match kind.kind:
            case "d":
                return [_cast(value, written) for value in self.of(kind.base, kind.base_name, extra)]
            case "e":
                return [_cast(literal(label), written) for label in kind.labels]
            case "c":
                return self._rows(kind, written)
            case "r":
                return self._ranges(kind)
            case "m":
                ranges = self._ranges(self._types[kind.subtype])
                pairs = pairwise(ranges)
                several = [Sql(f"{kind.name}({low}, {high})") for low, high in pairs]
                return [*(Sql(f"{kind.name}({one})") for one in ranges), *several[:2], Sql(f"{kind.name}()")]
        if kind.element:
            return self._arrays(kind, written, extra)
        texts = _BY_NAME.get(kind.plain_name, _UNKNOWN)
        return [_cast(literal(text), written) for text in (*extra, *texts)]

    def _rows(self, kind: Type, written: Sql) -> list[Sql]:
        columns = [self.of(oid, name) or [Sql("NULL")] for oid, name in kind.attributes]
        rows = [[values[place % len(values)] for values in columns] for place in range(4)]
        rows.append([Sql("NULL")] * len(columns))
        return [_cast(Sql(f"ROW({', '.join(row)})"), written) for row in rows]

    def _ranges(self, kind: Type) -> list[Sql]:
        plain = self.plain(kind.subtype)
        steps = _STEPS_OF_RANGES.get(plain.plain_name) or _BY_NAME.get(plain.plain_name, _WORDS)
        ends = [_cast(literal(step), Sql(self._types[kind.subtype].name)) for step in steps]
        pairs = list(zip(ends[::2], ends[1::2], strict=False))
        made = [Sql(f"{kind.name}({low}, {high}, '[)')") for low, high in pairs]
        empty, open_ended = _cast(Sql("'empty'"), Sql(kind.name)), Sql(f"{kind.name}({ends[0]}, NULL, '[)')")
        return [*made, empty, open_ended]

    def _arrays(self, kind: Type, written: Sql, extra: tuple[str, ...]) -> list[Sql]:
        element = self._types[kind.element]
        one = self.of(kind.element, Sql(element.name), extra)
        lists = [one[:1], one[:2], one[:3], one[1:2], one[2:4], [], [*one[:1], Sql("NULL")], [Sql("NULL")]]
        lists += [[value] for value in one[1 : len(extra)]]
        return [_cast(Sql(f"ARRAY[{', '.join(values)}]"), written) for values in lists]


def _cast(value: Sql, written: Sql) -> Sql:
    return Sql(f"CAST({value} AS {written})")
