"""Tables and views in scope, for queries of what they hold: each is named once and not once for each of its parts."""

from schemadiff.catalog.kinds.shared.membership import of_no_extension


def relations(relkinds: str) -> str:
    """The WITH query `relation`: the relations in scope of the `relkinds`, a list of literals, but no extension's."""
    return f"""relation AS MATERIALIZED (
      SELECT c.oid, c.relname, c.relkind, c.relispartition, c.relhassubclass, c.reloftype,
             c.relpersistence,
             format('%%I.%%I', n.nspname, c.relname) AS name
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind IN ({relkinds}) AND n.oid = ANY(%(schemas)s)
        AND {of_no_extension("pg_class", "c.oid")})"""
