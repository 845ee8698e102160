"""What each major version of Postgres brought: one named fact a line, which every version test names.

A fact is the first version that has it, as `server_version_num` tells versions: 170000 for PostgreSQL 17. The release
notes of that version are its source unless another one is named. For a new major version, add it to SUPPORTED and its
facts below; tests/catalog/test_versions.py prints what else there is to look through.
"""

from dataclasses import dataclass

from schemadiff.errors import UnsupportedServer

SUPPORTED = (14, 15, 16, 17, 18)
"""The major versions that live and scratch servers may have, the oldest first."""

USUAL_MAJOR = 17
"""The major version of a scratch server where no database says which one is wanted."""

# How servers are run and watched.
COPIES_FILES = 150000  # CREATE DATABASE ... STRATEGY file_copy
COUNTS_SCANS_AT_ONCE = 150000  # statistics in shared memory instead of files
HAS_IO_METHOD = 180000  # the setting io_method

# Columns, identities, constraints.
SHARES_IDENTITY = 170000  # partitions have the identity of the partitioned table's column
SETS_EXPRESSIONS = 170000  # ALTER COLUMN ... SET EXPRESSION
HAS_VIRTUAL_COLUMNS = 180000  # GENERATED ALWAYS AS (...) VIRTUAL
HAS_ANY_SCALE = 150000  # numeric with a scale that is negative or above its precision
NAMES_NOT_NULL = 180000  # pg_constraint has a column's NOT NULL
NAMES_DOMAIN_NOT_NULL = 170000  # pg_constraint has a domain's NOT NULL
HAS_SET_NULL_COLUMNS = 150000  # ON DELETE SET NULL (columns): pg_constraint.confdelsetcols
HAS_NOT_ENFORCED = 180000  # pg_constraint.conenforced
HAS_PERIODS = 180000  # WITHOUT OVERLAPS and PERIOD: pg_constraint.conperiod
EXCLUDES_ACROSS_PARTITIONS = 170000  # exclusion constraints of partitioned tables
DEFERS_PARTITIONED_CHECKS = 180000  # a foreign key of a partitioned table may be NOT VALID

# Indexes, views, sequences, operators, collations, event triggers.
HAS_NULLS_NOT_DISTINCT = 150000  # pg_index.indnullsnotdistinct
PRINTS_BARE_COLUMNS = 160000  # pg_get_viewdef() of a query with one relation
HAS_SECURITY_INVOKER = 150000  # the option of views
SETS_VIEW_ACCESS_METHOD = 150000  # ALTER MATERIALIZED VIEW ... SET ACCESS METHOD
COMPLETES_OPERATORS = 170000  # ALTER OPERATOR ... SET (COMMUTATOR, NEGATOR, MERGES, HASHES)
HAS_UNLOGGED_SEQUENCES = 150000  # CREATE UNLOGGED SEQUENCE
HAS_LOGIN_TRIGGERS = 170000  # event triggers ON login
SWITCHES_EVENT_TRIGGERS = 170000  # the setting event_triggers
HAS_ICU_LOCALE = 150000  # pg_collation.colliculocale; collcollate before
HAS_LOCALE_OF_ANY_PROVIDER = 170000  # pg_collation.colllocale; colliculocale before
HAS_COLLATION_RULES = 160000  # pg_collation.collicurules
HAS_BUILTIN_LOCALES = 170000  # the collation provider builtin
JUDGES_INPUT = 160000  # pg_input_is_valid()

# Roles and privileges.
HAS_PARAMETER_PRIVILEGES = 150000  # pg_parameter_acl
HAS_MEMBERSHIP_OPTIONS = 160000  # pg_auth_members.inherit_option and set_option
GUARDS_ROLES = 160000  # CREATEROLE changes only roles that were granted WITH ADMIN OPTION
HAS_MAINTAIN = 170000  # the privilege MAINTAIN on tables and views

# Replication.
PUBLISHES_PARTS = 150000  # pg_publication_rel.prattrs and prqual
PUBLISHES_SCHEMAS = 150000  # pg_publication_namespace
PUBLISHES_GENERATED = 180000  # pg_publication.pubgencols
HAS_TWO_PHASE = 150000  # pg_subscription.subtwophasestate
HAS_DISABLE_ON_ERROR = 150000  # pg_subscription.subdisableonerr
HAS_ORIGIN = 160000  # pg_subscription.suborigin
HAS_PARALLEL_STREAMING = 160000  # pg_subscription.substream is a letter, p for parallel
HAS_PASSWORD_REQUIRED = 160000  # pg_subscription.subpasswordrequired
HAS_RUN_AS_OWNER = 160000  # pg_subscription.subrunasowner
HAS_FAILOVER = 170000  # pg_subscription.subfailover


@dataclass(frozen=True, slots=True)
class Version:
    """The version of a server whose catalog is read, and the one `known_to` which it is told."""

    server: int
    known_to: int

    @classmethod
    def of(cls, server: int, as_known_to: int | None = None) -> "Version":
        """The version `server`, told as one `as_known_to` would be if that is of an older major version."""
        if as_known_to is None or major(as_known_to) >= major(server):
            return cls(server, server)
        return cls(server, as_known_to)

    def has(self, fact: int) -> bool:
        """Whether the server's catalog has what `fact` brought."""
        return self.server >= fact

    def tells(self, fact: int) -> bool:
        """Whether what `fact` brought is told."""
        return min(self.server, self.known_to) >= fact


def major(version: int) -> int:
    """The major version: 17 for 170010."""
    return version // 10000


def printed(version: int) -> str:
    """A version as Postgres prints it: 17.10 for 170010."""
    return f"{major(version)}.{version % 10000}"


def in_words(version: int) -> str:
    """A major version in words: PostgreSQL 17 for 170010."""
    return f"PostgreSQL {major(version)}"


def refuse_unsupported(version: int, server: str) -> None:
    """Errors: UnsupportedServer, where `server` is older or newer than what is known about."""
    if major(version) not in SUPPORTED:
        raise UnsupportedServer(
            f"{server} is PostgreSQL {printed(version)}, and schemadiff knows PostgreSQL {SUPPORTED[0]} to "
            f"{SUPPORTED[-1]}: {'upgrade the server' if major(version) < SUPPORTED[0] else 'upgrade schemadiff'}"
        )
