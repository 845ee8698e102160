"""Which type of TypeScript stands for one of Postgres, as PostgREST sends and takes its values."""

import json

from schemadiff.typescript.described import Described

_PLAIN = {
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric"), "number"),
    **dict.fromkeys(("bytea", "bpchar", "varchar", "date", "text", "citext", "time", "timetz"), "string"),
    **dict.fromkeys(("timestamp", "timestamptz", "uuid", "vector", "name"), "string"),
    **dict.fromkeys(("json", "jsonb"), "Json"),
    "bool": "boolean",
    "void": "undefined",
    "record": "Record<string, unknown>",
}
"""By the names of types; all others are unknown."""


class Mapping:
    """The types of one database."""

    def __init__(self, described: Described) -> None:
        self._described = described

    def of(self, number: int, *, nullable: bool = False) -> str:
        """The type for the one with this number."""
        found = self._plain(number)
        return f"{found} | null" if nullable and found != "unknown" else found

    def _plain(self, number: int) -> str:
        type = self._described.types.get(number)
        if type is None:
            return "unknown"
        if type.type == "d":
            return self._plain(type.base)
        if type.is_array:
            element = self._plain(type.element)
            return f"({element})[]" if " | " in element else f"{element}[]"
        served = type.schema in self._described.schemas
        place = f"Database[{json.dumps(type.schema)}]"
        if type.type == "e":
            labels = " | ".join(json.dumps(label, ensure_ascii=False) for label in type.labels)
            return f'{place}["Enums"][{json.dumps(type.name)}]' if served else labels or "never"
        if type.type == "c" and served:
            part = {"c": "CompositeTypes", "v": "Views", "m": "Views"}.get(type.relation_kind or "", "Tables")
            named = f"{place}[{json.dumps(part)}][{json.dumps(type.name)}]"
            return named if part == "CompositeTypes" else f'{named}["Row"]'
        return _PLAIN.get(type.name, "unknown")
