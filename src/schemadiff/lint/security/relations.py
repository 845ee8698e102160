"""Views and foreign tables by which the API shows what it should not."""

from collections.abc import Iterator

from schemadiff.access.relations import is_invoker
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.foreign_table import ForeignTable
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.kinds.view import View
from schemadiff.catalog.sql import Quoted, name_parts
from schemadiff.catalog.versions import HAS_SECURITY_INVOKER
from schemadiff.lint.rule import Finding, Side
from schemadiff.plans.quantities import listed

_USERS = ("auth", "users")

_QUEUES = Quoted("pgmq_public")


def _revoke(built: CatalogObject, readers: tuple[Quoted, ...]) -> str:
    return f"REVOKE ALL ON TABLE {built.identity} FROM {', '.join(readers)};"


def auth_users_exposed(side: Side) -> Iterator[Finding]:
    """Views over the platform's users that the API serves to its roles."""
    users = side.access.surroundings.relations.get(Quoted("auth.users"))
    views: tuple[View | MaterializedView, ...] = (*side.catalog.of(View), *side.catalog.of(MaterializedView))
    for view in views:
        reads = any(tuple(name_parts(name)[:2]) == _USERS for name in view.foreign_reads)
        guarded = isinstance(view, View) and is_invoker(view) and bool(users and users.row_security)
        if reads and not guarded and side.serves(view) and (readers := side.readers(view)):
            message = f"it shows {listed(readers)} what stands in auth.users"
            yield Finding(view, message, _revoke(view, readers))


def security_definer_view(side: Side) -> Iterator[Finding]:
    """Views that the API serves with their owner's rights, past the row-level security of whoever asks."""
    if side.catalog.server_version < HAS_SECURITY_INVOKER:
        return
    for view in side.catalog.of(View):
        if not is_invoker(view) and side.serves(view) and (readers := side.readers(view)):
            message = f"{listed(readers)} read through it with its owner's rights: policies for them do not count"
            yield Finding(view, message, f"ALTER VIEW {view.identity} SET (security_invoker = true);")


def materialized_view_in_api(side: Side) -> Iterator[Finding]:
    """Materialized views that the API serves: row-level security does not hold in them."""
    for view in side.catalog.of(MaterializedView):
        if side.serves(view) and (readers := side.readers(view)):
            yield Finding(view, f"{listed(readers)} read every row: no policy holds for it", _revoke(view, readers))


def foreign_table_in_api(side: Side) -> Iterator[Finding]:
    """Foreign tables that the API serves: row-level security does not hold in them."""
    for table in side.catalog.of(ForeignTable):
        if side.serves(table) and (readers := side.readers(table)):
            yield Finding(table, f"{listed(readers)} read every row: no policy holds for it", _revoke(table, readers))


def pg_graphql_anon_table_exposed(side: Side) -> Iterator[Finding]:
    """Relations that pg_graphql tells anybody about."""
    yield from _in_graphql(side, Quoted("anon"))


def pg_graphql_authenticated_table_exposed(side: Side) -> Iterator[Finding]:
    """Relations that pg_graphql tells whoever has signed in about."""
    yield from _in_graphql(side, Quoted("authenticated"))


def _in_graphql(side: Side, role: Quoted) -> Iterator[Finding]:
    if "pg_graphql" not in side.access.surroundings.extensions:
        return
    for cls in (Table, View, MaterializedView, ForeignTable):
        for built in side.catalog.of(cls):
            if role in side.readers(built):
                yield Finding(built, f"pg_graphql shows it and its columns to {role}", _revoke(built, (role,)))
