"""Modifiers of types that a stand-in has, such as geometry(Point,4326): kept and printed as they were written.

Postgres keeps a modifier as a number, and lets only functions in C print one. `enum_out` is such a function: it prints
the label of a number. So each modifier becomes a label of an enum of the stand-in's own.
"""

from collections.abc import Sequence

from schemadiff.catalog.sql import literal

_SHAPES = (
    "Geometry Point LineString Polygon MultiPoint MultiLineString MultiPolygon GeometryCollection CircularString "
    "CompoundCurve CurvePolygon MultiCurve MultiSurface PolyhedralSurface Triangle Tin"
)

_LONGITUDE_AND_LATITUDE = "4326"

PRINTS = "LANGUAGE internal AS 'enum_out'"
"""The end of CREATE FUNCTION for the function that prints a modifier."""


def labels_of(type: str) -> str:
    """The name of the enum for the modifiers of a type."""
    return f"schemadiff_{type}"[:63]


def reads(type: str, known: Sequence[str]) -> str:
    """The end of CREATE FUNCTION for the function that reads modifiers of the type; `known` are some that it prints."""
    canonical = _of_shapes(type) if type in ("geometry", "geography") else ""
    spelled = "".join(
        f" WHEN {literal(modifier.lower())} THEN {literal(modifier)}"
        for modifier in (each[each.index("(") :] for each in known if each.endswith(")"))
    )
    spelled = f"CASE lower(label){spelled} ELSE label END" if spelled else "label"
    body = f"""
DECLARE
    words text[] := array_remove(string_to_array(replace(array_to_string($1, ','), ' ', ''), ','), '');
    label text;
    number oid;
BEGIN{canonical}
    label := coalesce(label, '(' || array_to_string(words, ',') || ')');
    label := {spelled};
    SELECT e.oid INTO number FROM pg_catalog.pg_enum AS e JOIN pg_catalog.pg_type AS t ON t.oid = e.enumtypid
    WHERE t.typname = {literal(labels_of(type))} AND e.enumlabel = label;
    IF number IS NULL THEN
        number := pg_nextoid('pg_catalog.pg_enum', 'oid', 'pg_catalog.pg_enum_oid_index');
        INSERT INTO pg_catalog.pg_enum (oid, enumtypid, enumsortorder, enumlabel)
        SELECT number, t.oid, number::int8, label FROM pg_catalog.pg_type AS t
        WHERE t.typname = {literal(labels_of(type))};
    END IF;
    RETURN number::int8;
END
"""
    settings = "SECURITY DEFINER SET search_path = '' SET allow_system_table_mods = on"
    return f"{settings} LANGUAGE plpgsql AS {literal(body)}"


def _of_shapes(type: str) -> str:
    """What PostGIS does with the modifiers of its types: shape, then reference system, in a spelling of its own."""
    system = "words[2]" if type == "geometry" else f"coalesce(nullif(words[2], '0'), '{_LONGITUDE_AND_LATITUDE}')"
    return f"""
    words[1] := (
        SELECT shape || upper(substr(words[1], length(shape) + 1))
        FROM regexp_split_to_table('{_SHAPES}', ' ') AS shape
        WHERE lower(words[1]) IN (SELECT lower(shape) || axes FROM unnest('{{"",z,m,zm}}'::text[]) AS axes)
    );
    IF words[1] IS NULL THEN
        RAISE invalid_parameter_value
            USING MESSAGE = 'Invalid geometry type modifier: ' || array_to_string($1, ',');
    END IF;
    words := array_remove(ARRAY[words[1], nullif({system}, '0')], NULL);
    IF words = '{{Geometry}}' THEN
        label := '';
    END IF;"""
