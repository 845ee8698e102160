"""Whether JSON is what a schema of ours says."""

from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "null": (type(None),),
    "array": (list,), "object": (dict,),
}  # fmt: skip


def errors(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "") -> Iterator[str]:
    """What is wrong with a value, as far as schemas of ours can tell."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if not any(not list(errors(value, one, root)) for one in schema["anyOf"]):
            yield f"{where} is none of {schema['anyOf']}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{where} is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {schema['enum']}"
    if "type" not in schema:
        return
    kinds = TYPES[schema["type"]]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        yield f"{where} is no {schema['type']}"
        return
    for number, item in enumerate(value if isinstance(value, list) else []):
        yield from errors(item, schema["items"], root, f"{where}[{number}]")
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        yield from (f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            if name in known:
                yield from errors(item, known[name], root, f"{where}.{name}")
            elif others is False:
                yield f"{where} has {name}"
            elif isinstance(others, dict):
                yield from errors(item, others, root, f"{where}.{name}")
