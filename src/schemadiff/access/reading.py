"""What views and policies read, and which routines they call."""

from collections import defaultdict
from collections.abc import Mapping

from pglast import ast, parse_sql

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.kinds.view import View
from schemadiff.catalog.sql import Quoted, last_name, name_parts, qualifier, quote_ident

RELATIONS = ("table", "foreign table", "view", "materialized view")

_COLUMNS = ("column", "view column")

_ROUTINES = ("function", "aggregate")

Reads = Mapping[Quoted, frozenset[Quoted]]
"""Relations with those of their columns that are read; no column where rows are only counted."""


def reads(built: View | MaterializedView | Policy, catalog: Catalog) -> Reads:
    """The relations, and columns of each, that a view's query or a policy's conditions name; not the policy's table."""
    own = built.table if isinstance(built, Policy) else built.identity
    found: dict[Quoted, set[Quoted]] = defaultdict(set)
    for needed in catalog.dependencies.needs[built.id]:
        if needed.kind in RELATIONS:
            found[needed.name].update()
        elif needed.kind in _COLUMNS:
            found[qualifier(needed.name)].add(last_name(needed.name))
    for foreign in built.foreign_reads:
        schema, relation, *column = name_parts(foreign)
        found[Quoted(f"{schema}.{relation}")].update(column)
    return {name: frozenset(columns) for name, columns in found.items() if name != own}


def calls(built: View | Policy, catalog: Catalog) -> frozenset[Identity]:
    """The routines in scope that a view's query or a policy's conditions call."""
    return frozenset(needed for needed in catalog.dependencies.needs[built.id] if needed.kind in _ROUTINES)


def written_through(view: View, read: Reads) -> Quoted | None:
    """The relation whose rows change when those of an updatable view do; None where nobody can tell."""
    if len(read) == 1:
        return next(iter(read))
    query = parse_sql(view.text)[0].stmt
    source = query.fromClause[0] if isinstance(query, ast.SelectStmt) and query.fromClause else None
    if not isinstance(source, ast.RangeVar) or source.schemaname is None:
        return None
    name = Quoted(f"{quote_ident(source.schemaname)}.{quote_ident(str(source.relname))}")
    return name if name in read else None
