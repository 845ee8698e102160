"""A text search dictionary."""

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("text search dictionary", catalog="pg_ts_dict")
class TextSearchDictionary(CatalogObject):
    """A text search dictionary: a template with options."""

    template: Quoted = replaces()
    options: tuple[str, ...] = alters()
    """`name = value` as SQL, sorted."""

    PLACE = Place("dictnamespace")
    RARE = "pg_ts_dict WHERE oid >= 16384"
    OWNED = True
    QUERY = f"""
        SELECT d.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, d.dictname) AS identity,
               format('%%I.%%I', tn.nspname, t.tmplname) AS template,
               ARRAY(SELECT o[1] FROM regexp_matches(d.dictinitoption,
                       '((?:"(?:[^"]|"")*"|[^" ,]+) = (?:[Ee]?''(?:[^'']|'''')*''|[^'' ,]+))', 'g') AS o
                     ORDER BY o[1]) AS options,
               quote_ident(pg_get_userbyid(d.dictowner)) AS owner
        FROM pg_catalog.pg_ts_dict AS d
        JOIN pg_catalog.pg_namespace AS n ON n.oid = d.dictnamespace
        JOIN pg_catalog.pg_ts_template AS t ON t.oid = d.dicttemplate
        JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.tmplnamespace
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_ts_dict", "d.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("text search dictionary", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        clauses = ", ".join((f"TEMPLATE = {self.template}", *self.options))
        return (Statement(Sql(f"CREATE TEXT SEARCH DICTIONARY {self.identity} ({clauses})")),)

    def alter_options(self, before: "TextSearchDictionary") -> tuple[Statement, ...]:
        names = {option.partition(" = ")[0] for option in self.options}
        gone = [name for option in before.options if (name := option.partition(" = ")[0]) not in names]
        new = [option for option in self.options if option not in before.options]
        return (Statement(Sql(f"ALTER TEXT SEARCH DICTIONARY {self.identity} ({', '.join(gone + new)})")),)
