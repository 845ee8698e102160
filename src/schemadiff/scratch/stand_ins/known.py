"""Stand-ins for extensions that no server at hand may have, known without any live."""

from dataclasses import replace
from functools import cache
from importlib.resources import files

from schemadiff.scratch.stand_ins.modifiers import PRINTS, labels_of, reads
from schemadiff.scratch.stand_ins.stand_in import StandIn, what_works

WORKING = frozenset({"pgcrypto", "uuid-ossp"})
"""Those that do what the extensions do, so that live is not asked for their names."""

_WORDED = {"postgis": ("geometry", "geography")}
"""The types of an extension whose modifiers are words; a script finds them begun."""


@cache
def known_stand_ins() -> dict[str, StandIn]:
    """Stand-ins by name.

    extensions.txt lists name, version, and the schema that one must lie in; what they hold is in name.sql, if anything.
    """
    folder = files("schemadiff.scratch") / "extensions"
    found = {}
    for line in (folder / "extensions.txt").read_text("utf-8").splitlines():
        name, version, *schema = line.split()
        script = folder / f"{name}.sql"
        text = "".join(map(_begun, _WORDED.get(name, ())))
        text += script.read_text("utf-8") if script.is_file() else ""
        text += "".join(f"{statement};\n" for statement in what_works(name))
        found[name] = StandIn(name, version, text, relocatable=not schema, schema=schema[0] if schema else None)
    return found


def _begun(type: str) -> str:
    return (
        f"CREATE TYPE {type};\n"
        f"CREATE TYPE {labels_of(type)} AS ENUM ();\n"
        f"CREATE FUNCTION {type}_typmod_in(cstring[]) RETURNS integer STRICT {reads(type, ())};\n"
        f"CREATE FUNCTION {type}_typmod_out(integer) RETURNS cstring IMMUTABLE STRICT {PRINTS};\n"
    )


def without_live(name: str, version: str) -> StandIn:
    """A stand-in for an extension that live could create: its objects if they are known, a language if it is one."""
    if name.startswith("pl") and name not in known_stand_ins():
        trusted = "" if name.endswith("u") else "TRUSTED "
        return StandIn(name, version, f'CREATE {trusted}LANGUAGE "{name}" HANDLER pg_catalog.plpgsql_call_handler;\n')
    known = known_stand_ins().get(name)
    return StandIn(name, version) if known is None else replace(known, version=version)
