"""Conditions of catalog queries: what an extension or another object made for itself is not ours."""


def of_no_extension(catalog: str, oid: str) -> str:
    """The condition that row `oid` of system catalog `catalog` is no member of an extension."""
    return f"""NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                          WHERE e.classid = 'pg_catalog.{catalog}'::regclass AND e.objid = {oid}
                            AND e.deptype = 'e')"""


def neither_of_an_extension(first: tuple[str, str], second: tuple[str, str]) -> str:
    """The same for two rows, each given with its system catalog."""
    rows = ",\n".join(f"('pg_catalog.{catalog}'::regclass, {oid})" for catalog, oid in (first, second))
    return f"""NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                          WHERE e.deptype = 'e'
                            AND (e.classid, e.objid) IN ({rows}))"""


def of_no_other(catalog: str, oid: str) -> str:
    """The condition that the row is no member of an extension, and no internal part of another object."""
    return f"""NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                          WHERE e.classid = 'pg_catalog.{catalog}'::regclass AND e.objid = {oid}
                            AND e.deptype IN ('e', 'i'))"""
