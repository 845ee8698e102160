"""A text search configuration."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement, changing


@kind("text search configuration", catalog="pg_ts_config")
class TextSearchConfiguration(CatalogObject):
    """A text search configuration: which dictionaries the tokens of a parser go through."""

    parser: Quoted = replaces()
    mappings: tuple[str, ...] = alters()
    """`token WITH dictionary, ...` for each mapped type of token, sorted."""

    PLACE = Place("cfgnamespace")
    RARE = "pg_ts_config WHERE oid >= 16384"
    OWNED = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.cfgname) AS identity,
               format('%%I.%%I', pn.nspname, p.prsname) AS parser,
               ARRAY(SELECT format('%%I WITH %%s', t.alias,
                                   string_agg(format('%%I.%%I', dn.nspname, d.dictname), ', '
                                              ORDER BY m.mapseqno))
                     FROM pg_catalog.pg_ts_config_map AS m
                     JOIN ts_token_type(p.oid) AS t ON t.tokid = m.maptokentype
                     JOIN pg_catalog.pg_ts_dict AS d ON d.oid = m.mapdict
                     JOIN pg_catalog.pg_namespace AS dn ON dn.oid = d.dictnamespace
                     WHERE m.mapcfg = c.oid GROUP BY t.alias ORDER BY t.alias COLLATE "C") AS mappings,
               quote_ident(pg_get_userbyid(c.cfgowner)) AS owner
        FROM pg_catalog.pg_ts_config AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.cfgnamespace
        JOIN pg_catalog.pg_ts_parser AS p ON p.oid = c.cfgparser
        JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.prsnamespace
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_ts_config", "c.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("text search configuration", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield Statement(Sql(f"CREATE TEXT SEARCH CONFIGURATION {self.identity} (PARSER = {self.parser})"))
        yield from changing(self._map("ADD", self._dictionaries(self)), "mappings")

    def alter_mappings(self, before: "TextSearchConfiguration") -> Iterator[Statement]:
        old, new = self._dictionaries(before), self._dictionaries(self)
        if gone := [token for token in old if token not in new]:
            yield self._alter(f"DROP MAPPING FOR {', '.join(gone)}")
        yield from self._map("ALTER", {token: d for token, d in new.items() if old.get(token, d) != d})
        yield from self._map("ADD", {token: d for token, d in new.items() if token not in old})

    def _map(self, verb: str, dictionaries: dict[str, str]) -> Iterator[Statement]:
        """One statement for all tokens that go through the same dictionaries."""
        for shared in dict.fromkeys(dictionaries.values()):
            tokens = ", ".join(token for token in dictionaries if dictionaries[token] == shared)
            yield self._alter(f"{verb} MAPPING FOR {tokens} WITH {shared}")

    @staticmethod
    def _dictionaries(of: "TextSearchConfiguration") -> dict[str, str]:
        return {token: listed for token, _, listed in (mapping.partition(" WITH ") for mapping in of.mappings)}

    def _alter(self, action: str) -> Statement:
        return Statement(Sql(f"ALTER TEXT SEARCH CONFIGURATION {self.identity} {action}"))
