"""A scratch server with the databases that planning needs: the desired schema, and live without its rows."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from textwrap import indent

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted, unquoted
from schemadiff.desired.files import Desired
from schemadiff.desired.loading.loading import conversions, load_desired
from schemadiff.desired.loading.roles import load_roles, without_roles
from schemadiff.desired.loading.superuser import run_together
from schemadiff.desired.reading.annotations import Renamed
from schemadiff.desired.reading.statements import DesiredStatement
from schemadiff.difference.diff import diff
from schemadiff.difference.explanation import sentences
from schemadiff.errors import ScratchError
from schemadiff.planning import planner
from schemadiff.planning.preflights.renamed import after_renames
from schemadiff.planning.renames.renames import (
    Rename,
    RenamePolicy,
    look_alikes,
    namesakes,
    refuse_unanswered,
    wanted_renames,
)
from schemadiff.planning.renames.steps import renaming_steps
from schemadiff.plans.model import BothWays, Script, Segment, Step
from schemadiff.scratch.baseline.baseline import copy_baseline, copy_settings
from schemadiff.scratch.platform import Profile
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow import unspecified
from schemadiff.shadow.closure import reach
from schemadiff.shadow.copy import copy_catalog, copy_differs, copy_subscriptions, finished, let_administer, read_empty
from schemadiff.shadow.rehearsal import Superuser, rehearse
from schemadiff.shadow.using import annotate

Connection = psycopg.Connection[TupleRow]

BASELINE, COPY, MODEL, RENAMED = "baseline", "copy", "model", "renamed"

COPIED_WHOLE = 1500
"""Up to so many objects, all of live is copied: that takes no longer than to find out what is needed."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where scripts are rehearsed: COPY holds `live`, which a rollback returns to; at `wanted_url` stands `desired`.

    `objects` is how many of live's objects these are, None if they are all.
    """

    live: Catalog
    desired: Catalog
    wanted_url: str
    objects: int | None = None


@dataclass(frozen=True, slots=True)
class Additions:
    """What scripts do beyond leading from one schema to another: run backfills, and archive what they destroy.

    `archived` are the names in use in live's archive; None leaves the archive alone.
    """

    backfills: tuple[Segment, ...] = ()
    archived: frozenset[str] | None = None


class ShadowDatabases:
    """Databases on one scratch server that begin alike: the platform, and what live has that files do not declare.

    `role` is the role that plans will run as, `notes` say how the server differs from live. With `whole`, scripts are
    rehearsed on all that live holds, not only on what they can touch. `sampled` is how many rows of each table are
    copied from live; where it is 0, rows are made up.
    """

    def __init__(self, server: ScratchServer, scope: Scope, live: Connection | None, role: str) -> None:
        self.server, self.scope, self.live, self.role = server, scope, live, role
        self.whole = False
        self.sampled = 0
        server.create_database(BASELINE, template=server.platform_template)
        self.notes: tuple[str, ...] = ()
        self._runs_as_superuser = True
        self._refused: set[str] = set()
        if live is not None:
            query = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = %s"
            self._runs_as_superuser = live.execute(query, [role]).fetchone() == (True,)
        self.notes = (*self._begin(BASELINE), *self._left_alone())

    def load(self, desired: Desired, database: str, live: Catalog | None = None) -> tuple[Catalog, tuple[Renamed, ...]]:
        """The catalog of a new scratch database that holds the desired schema, and its @renamed annotations.

        What files leave open, versions of extensions and owners, is as in `live`.
        """
        if self.scope.roles:
            desired, of_roles = without_roles(desired)
            self.server.create_database(database, template=self.server.platform_template)
            managed = [unquoted(Quoted(name)) for name in live.rows[Role.KIND]] if live else []
            self._begin(database, managed, partial(self._declare, of_roles, database))
        else:
            self.clone(BASELINE, database)
        if live is not None:
            desired = unspecified.with_versions(desired, live, self._versions(database))
        renamed = load_desired(desired, self.server.url(database, self.role), self.server.url(database))
        wanted = self._read_annotated(desired, database)
        if live is not None and (statements := unspecified.owners(wanted, live)):
            with psycopg.connect(self.server.url(database), autocommit=True) as admin:
                run_together(admin, statements, statements)
            wanted = self._read_annotated(desired, database)
        return wanted, renamed

    def _begin(
        self, database: str, without: Collection[str] = (), then: Callable[[], None] = lambda: None
    ) -> tuple[str, ...]:
        """Make a new database what others begin as, `without` some of live's roles; `then` may make others.

        Returns how it differs from live.
        """
        if self.live is not None:
            profile: Profile = "supabase" if self.scope.supabase else "plain"
            return copy_baseline(
                self.live, self.server, database, self.role, profile=profile, without=without, then=then
            )
        self.server.create_role(self.role, "LOGIN CREATEDB CREATEROLE", beside=database)
        then()
        self._execute(database, f'ALTER DATABASE "{self.server.name_of(database)}" OWNER TO "{self.role}"')
        return ()

    def _left_alone(self) -> Iterator[str]:
        """A note on roles of live that a scope with roles leaves out all the same."""
        if self.live is not None and self.scope.roles:
            query = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolsuper AND oid <> 10 AND rolname <> %s ORDER BY 1"
            names = [name for (name,) in self.live.execute(query, [self.role])]
            if names:
                yield f"superusers are left alone: {', '.join(names)}"

    def _declare(self, statements: Collection[DesiredStatement], database: str) -> None:
        """Make the roles that files declare."""
        with psycopg.connect(self.server.url(database), autocommit=True) as admin:
            load_roles(statements, admin, self.role, self.scope.connected)

    def _read_annotated(self, desired: Desired, database: str) -> Catalog:
        """The catalog, with the @using annotations on its columns."""
        wanted = self.read(database)
        if any(statement.using for statement in desired.statements):
            with psycopg.connect(self.server.url(database, self.role), autocommit=True) as connection:
                annotate(wanted, conversions(desired, connection))
        return wanted

    def _versions(self, database: str) -> set[tuple[str, str]]:
        with psycopg.connect(self.server.url(database)) as connection:
            query = "SELECT name, version FROM pg_catalog.pg_available_extension_versions"
            return {(name, version) for name, version in connection.execute(query)}

    def read(self, database: str) -> Catalog:
        """The catalog of a scratch database, read as the role that plans run as."""
        with psycopg.connect(self.server.url(database, self.role), autocommit=True) as connection:
            return inspect(connection, self.scope)

    def copy(self, live: Catalog) -> None:
        """Make the scratch database COPY from live's catalog, once."""
        if self.server.has_database(COPY):
            return
        empty = read_empty(self.server, BASELINE, live)
        copy_catalog(live, empty, self.server, COPY, baseline=BASELINE)
        new = live.rows[Role.KIND].keys() - empty.rows[Role.KIND].keys()
        let_administer(live, sorted(new), self.server.url(COPY), self.role)
        if found := copy_differs(self.read(COPY), live):
            words = "\n".join(sentences(found))
            raise ScratchError(f"the scratch copy of live is not like live:\n{indent(words, '  ')}")

    def stage(self, made: BothWays, live: Catalog, wanted: Catalog, wanted_url: str) -> Stage:
        """A copy of what the scripts can touch; of a small database, or where they may touch anything, of all.

        With roles, of all, too: any object may name them. Raises ScratchError.
        """
        small = sum(map(len, live.rows.values())) <= COPIED_WHOLE or self.scope.roles
        if not (self.whole or small or self.server.has_database(COPY)):
            identities = reach(live, wanted, (made.up, made.down))
            if identities is not None and (found := self._part(live, wanted, identities)) is not None:
                return found
        self.copy(live)
        return Stage(finished(live), wanted, wanted_url)

    def _part(self, live: Catalog, wanted: Catalog, identities: frozenset[Identity]) -> Stage | None:
        """A stage with some of the objects; None if these do not make a copy that is like live."""
        empty = read_empty(self.server, BASELINE, live)
        kept = identities.union(Identity(kind, Quoted(name)) for kind, rows in empty.rows.items() for name in rows)
        parts = live.restricted(kept), wanted.restricted(kept)
        names = COPY, MODEL
        with ThreadPoolExecutor(len(names)) as pool:
            failed = [error for error in pool.map(partial(self._try_copy, empty), parts, names) if error]
        if failed:
            for name in names:
                self.server.drop_database(name)
            return None
        objects = sum(map(len, parts[0].rows.values()))
        return Stage(finished(parts[0]), parts[1], self.server.url(MODEL), objects)

    def _try_copy(self, empty: Catalog, part: Catalog, name: str) -> bool:
        """Whether a database could not be made like a part of a catalog."""
        try:
            copy_catalog(part, empty, self.server, name, baseline=BASELINE)
        except ScratchError:
            return True
        return bool(copy_differs(self.read(name), part))

    def plan(
        self,
        live: Catalog,
        wanted: Catalog,
        declared: tuple[Renamed, ...],
        policy: RenamePolicy,
        extras: Additions | None = None,
    ) -> BothWays:
        """Both scripts; renames come first on the way up and last on the way down.

        Errors: AmbiguousRename for a drop beside a look-alike add that nobody explained.
        """
        steps: list[Step] = []
        reverse: list[Step] = []
        made: list[Rename] = []
        current = live
        for asked in self._rounds(declared, policy):
            renames = asked(current, wanted)
            if renames:
                forward = list(renaming_steps(renames, current))
                current = self._renamed(live, forward)
                reverse[:0] = renaming_steps([rename.reversed for rename in renames], current)
                steps += forward
                made += renames
        refuse_unanswered(look_alikes(diff(current, wanted), current, wanted, policy), policy)
        more = extras or Additions()
        ways = planner.both_ways(current, wanted, backfills=more.backfills, archived=more.archived)
        if not steps:
            return ways
        up, down = ways.up, ways.down
        return BothWays(
            Script((Segment(tuple(steps)), *up.segments), after_renames(up.preflights, made)),
            Script((*down.segments, Segment(tuple(reverse))), down.preflights),
        )

    def clone(self, source: str, target: str) -> None:
        """A scratch database that begins as `source`, with the settings that sessions on live begin with."""
        self.server.create_database(target, template=source, owner=self.role)
        if self.server.subscriptions(source):
            copy_subscriptions(self.server, source, target, self.scope)
        if self.live is not None:
            with psycopg.connect(self.server.url(target), autocommit=True) as connection:
                copy_settings(self.live, connection, self.server.name_of(target), self.role)

    def _renamed(self, live: Catalog, steps: list[Step]) -> Catalog:
        """Live's catalog after `steps`, as Postgres itself renders it."""
        if not self.server.has_database(RENAMED):
            self.copy(live)
            self.clone(COPY, RENAMED)
        failure = rehearse(Script((Segment(tuple(steps)),)), self.server.url(RENAMED))
        if failure is not None:
            raise ScratchError(f"a rename fails on the scratch copy of live: {failure}")
        return self.read(RENAMED)

    @staticmethod
    def _rounds(
        declared: tuple[Renamed, ...], policy: RenamePolicy
    ) -> Iterator[Callable[[Catalog, Catalog], list[Rename]]]:
        """Tables and other holders first, then their parts under the new names, then what was named after them."""
        holders = tuple(note for note in declared if note.object.relation is None)
        parts = tuple(note for note in declared if note.object.relation is not None)
        for notes in (holders, parts):
            yield partial(wanted_renames, notes, policy)
        if declared or policy.renamed:
            yield namesakes

    def superuser(self, database: str) -> Superuser:
        """Who runs in a scratch database what only a superuser may."""
        return Superuser(self.server.url(database), self._runs_as_superuser, self._refused)

    def _execute(self, database: str, sql: str) -> None:
        with psycopg.connect(self.server.url(database), autocommit=True) as connection:
            connection.execute(sql.encode())
