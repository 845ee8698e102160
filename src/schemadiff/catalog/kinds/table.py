"""A table, partitioned or plain; its columns, constraints and indexes are objects of their own."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, carries, replaces
from schemadiff.catalog.declaring.forms import Releasable
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.kinds.shared.letters import PERSISTENCE
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement, changing


@kind("table", catalog="pg_class")
class Table(Releasable):
    """A table without its parts."""

    partition_key: Sql | None = replaces()
    of_type: Quoted | None = alters(words="type that it follows")
    persistence: str = alters(values=PERSISTENCE)
    access_method: Quoted | None = alters()
    tablespace: Quoted | None = alters()
    options: tuple[str, ...] = alters()
    row_security: bool = alters(
        words="row-level security", on="enable row-level security on {name}", off="disable row-level security on {name}"
    )
    force_row_security: bool = alters(
        words="forced row-level security",
        on="force row-level security on the owner of {name}",
        off="stop forcing row-level security on the owner of {name}",
    )
    name: Quoted = carries()
    schema: Quoted = carries()

    WORDS = Words(
        release="set {name} NOT OF its type while that is replaced",
        rejoin="set {name} OF its type again",
        plural="tables",
    )
    PLACE = Place("relnamespace", rows="relkind IN ('r', 'p')")
    OWNED = True
    GRANTABLE = "r"
    HOLDS_DATA = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
               CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type,
               c.relpersistence::text AS persistence, quote_ident(am.amname) AS access_method,
               (SELECT quote_ident(s.spcname) FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace)
                 AS tablespace,
               (SELECT coalesce(array_agg(o ORDER BY o), '{{}}')
                FROM (SELECT unnest(c.reloptions) AS o
                      UNION ALL SELECT 'toast.' || unnest(t.reloptions)) AS all_options) AS options,
               c.relrowsecurity AS row_security, c.relforcerowsecurity AS force_row_security,
               quote_ident(c.relname) AS name, quote_ident(n.nspname) AS schema,
               quote_ident(pg_get_userbyid(c.relowner)) AS owner,
               coalesce(c.relacl, acldefault('r', c.relowner))::text[] AS acl
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid
        LEFT JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
        WHERE c.relkind IN ('r', 'p') AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("relation", self.identity), ("type", self.identity))

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        unlogged = "UNLOGGED " if self.persistence == "u" else ""
        inherits = [part for part in parts if part.startswith("INHERITS (")]
        inner = [part for part in parts if part not in inherits]
        body = "(\n    " + ",\n    ".join(inner) + "\n)" if inner else "()"
        if self.of_type is not None:
            body = f"OF {self.of_type}" + (f" {body}" if inner else "")
        words = f"CREATE {unlogged}TABLE {self.identity} {body}"
        words += "".join(f"\n{part}" for part in inherits)
        if self.partition_key is not None:
            words += f"\nPARTITION BY {self.partition_key}"
        if self.access_method not in (None, "heap"):
            words += f"\nUSING {self.access_method}"
        if self.options:
            words += f"\nWITH ({', '.join(written_options(self.options))})"
        if self.tablespace is not None:
            words += f"\nTABLESPACE {self.tablespace}"
        yield Statement(Sql(words))
        if self.row_security:
            yield from changing([self._alter("ENABLE ROW LEVEL SECURITY")], "row_security")
        if self.force_row_security:
            yield from changing([self._alter("FORCE ROW LEVEL SECURITY")], "force_row_security")

    def drop(self) -> tuple[Statement, ...]:
        """The rows of a partitioned table are its partitions'."""
        hazards = (Hazard.BREAKS_CLIENTS,) if self.partition_key else (Hazard.DATA_LOSS, Hazard.BREAKS_CLIENTS)
        return (Statement(Sql(f"DROP TABLE {self.identity}"), hazards),)

    def release(self) -> tuple[Statement, ...] | None:
        """A table OF a type stays as it is while the type is replaced."""
        return None if self.of_type is None else (self._alter("NOT OF"),)

    def restore(self) -> tuple[Statement, ...]:
        return (self._alter(f"OF {self.of_type}"),) if self.of_type else ()

    def alter_of_type(self, before: "Table") -> tuple[Statement, ...]:
        return (self._alter(f"OF {self.of_type}" if self.of_type else "NOT OF"),)

    def alter_persistence(self, before: "Table") -> tuple[Statement, ...]:
        words = "SET UNLOGGED" if self.persistence == "u" else "SET LOGGED"
        return (self._alter(words, Hazard.TABLE_REWRITE, Hazard.BLOCKS_READS),)

    def alter_access_method(self, before: "Table") -> tuple[Statement, ...]:
        words = f"SET ACCESS METHOD {self.access_method or 'DEFAULT'}"
        return (self._alter(words, Hazard.TABLE_REWRITE, Hazard.BLOCKS_READS),)

    def alter_tablespace(self, before: "Table") -> tuple[Statement, ...]:
        words = f"SET TABLESPACE {self.tablespace or 'pg_default'}"
        return (self._alter(words, Hazard.TABLE_REWRITE, Hazard.BLOCKS_READS),)

    def alter_options(self, before: "Table") -> Iterator[Statement]:
        for words in changed_options(before.options, self.options):
            yield self._alter(words)

    def alter_row_security(self, before: "Table") -> tuple[Statement, ...]:
        if self.row_security:
            return (self._alter("ENABLE ROW LEVEL SECURITY", Hazard.NARROWS_ACCESS),)
        return (self._alter("DISABLE ROW LEVEL SECURITY", Hazard.WIDENS_ACCESS),)

    def alter_force_row_security(self, before: "Table") -> tuple[Statement, ...]:
        if self.force_row_security:
            return (self._alter("FORCE ROW LEVEL SECURITY", Hazard.NARROWS_ACCESS),)
        return (self._alter("NO FORCE ROW LEVEL SECURITY", Hazard.WIDENS_ACCESS),)

    def _alter(self, action: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"ALTER TABLE {self.identity} {action}"), hazards)


def written_options(options: tuple[str, ...]) -> list[str]:
    """Storage options as the catalog keeps them (`name=value`) as WITH takes them."""
    written = []
    for option in options:
        name, _, value = option.partition("=")
        plain = value.replace(".", "", 1).replace("-", "", 1).isalnum()
        quoted = value if plain else "'" + value.replace("'", "''") + "'"
        written.append(f"{name}={quoted}")
    return written


def changed_options(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Sql]:
    """The SET and RESET clauses that lead from one list of storage options to another."""
    new = tuple(option for option in after if option not in before)
    names = {option.partition("=")[0] for option in after}
    gone = [name for option in before if (name := option.partition("=")[0]) not in names]
    if new:
        yield Sql(f"SET ({', '.join(written_options(new))})")
    if gone:
        yield Sql(f"RESET ({', '.join(gone)})")
