"""What concerns one kind, or one theme, in planning: lists of passes, each with the reason for its place.

The generic modules of planning run these lists and ask no object for its kind. A special case is a function beside
its theme (families/, grants/, archive/) and a line here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.aggregate import Aggregate
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.default_value import DefaultValue
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.kinds.replica_identity import ReplicaIdentity
from schemadiff.catalog.kinds.rule import Rule
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.kinds.view import View
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.difference.diff import Change
from schemadiff.planning.archive.ahead.choosing import waits_for_values
from schemadiff.planning.archive.columns import computed, filled, read_where_possible, regained
from schemadiff.planning.archive.foreign_keys import beside_restored_rows
from schemadiff.planning.archive.types import converted_once, lost_by_replacing
from schemadiff.planning.families.constraint_names import rename_instead_of_replacing, swap_not_null_names
from schemadiff.planning.families.constraints import order_references, stay_bound
from schemadiff.planning.families.domains import held_inside
from schemadiff.planning.families.identities import order_sequences, taken_over
from schemadiff.planning.families.index_attachments import (
    attached,
    completed_by_nothing,
    falls_with_index,
    keys_of_index,
    order_attached,
    with_keys,
    without_partitions,
)
from schemadiff.planning.families.inherited import (
    follow_parents,
    order_children,
    parents_act,
    parts_of_partitions,
    whole_index,
)
from schemadiff.planning.families.joins import (
    foreign_keys_at,
    is_join,
    keeps_as_its_own,
    leaving_released,
    leaving_to_change,
    leaving_while_parents_change,
    made_by_joining,
    order_joins,
    rebuilt_on_joining,
    without_hiding,
)
from schemadiff.planning.families.materialized_views import filled_again, order_fillings
from schemadiff.planning.families.partition_keys import partitioned_table
from schemadiff.planning.families.persistence import order_persistence, references_in_circles
from schemadiff.planning.families.serials import order_owners as order_sequence_owners
from schemadiff.planning.families.serials import takes_no_clauses
from schemadiff.planning.families.typed_tables import order_columns, release_typed_tables, retyped_with_type
from schemadiff.planning.grants import chains, columns
from schemadiff.planning.grants.defaults import order_default_privileges
from schemadiff.planning.grants.new_objects import grant_of_new, owner_of_new
from schemadiff.planning.grants.owners import carry_over, follows_holder, order_owners
from schemadiff.planning.grants.roles import order_roles
from schemadiff.planning.online.exchanges import (
    becoming,
    built_before,
    built_beside,
    exchanged,
    order_builds,
    stays_in_key,
)
from schemadiff.planning.online.new_columns import filled_in_batches
from schemadiff.planning.online.successions import built_ahead, goes_behind_filling, making_way, succeeding
from schemadiff.planning.order.dependencies import order_dependencies
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.order.hosts import clause_of_holder, falls_with_owner
from schemadiff.planning.order.names import order_names, order_overloads
from schemadiff.planning.preflights.filled_later import filled_later
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing

# What is replaced: the closure (work/closure.py).

BECOMING: tuple[Callable[[dict[Identity, Change]], Iterable[tuple[Identity, Identity]]], ...] = (becoming,)
"""Dropped objects that become created ones of other kinds in place; asked before all others."""

REPLACED_INSTEAD: tuple[Callable[[Work], Iterable[Identity]], ...] = (
    # A child that leaves all parents has to be gone before their columns change, which one ALTER does not say.
    leaving_while_parents_change,
    # No statement validates a partitioned index to which everything is attached.
    completed_by_nothing,
)
"""Objects that are replaced although they could be altered; asked before anything is sorted."""

REPLACED_FIRST: tuple[Callable[[Work], Iterable[Identity]], ...] = (
    # Postgres does not check values of a domain inside arrays and rows: the domain has to leave them.
    held_inside,
    # What a child shares with its parent and cannot follow lets the table leave its parents meanwhile.
    leaving_to_change,
    # After that: only now it is known which tables join their parents again.
    made_by_joining,
    references_in_circles,
)
"""Objects that are replaced for the sake of changes, before replacement spreads."""

REPLACED_ALONG: tuple[Callable[[Identity, Work], Iterable[Identity]], ...] = (
    rebuilt_on_joining,
    partitioned_table,
    leaving_released,
    # The whole before the parts: a partition's index that falls takes the whole along, which has other parts.
    whole_index,
    parts_of_partitions,
    keys_of_index,
)
"""Objects that are replaced because another one moves, whether pg_depend knows it or not."""

FURTHER_USERS: tuple[Callable[[Identity, Work], Iterable[Identity]], ...] = (foreign_keys_at,)
"""Users of a dropped object that pg_depend does not record."""

STAYING: tuple[Callable[[Identity, Identity, Work], bool], ...] = (keeps_as_its_own, stays_in_key)
"""Whether a dependent object stays although what it needs moves."""

BOUND_WHILE_ALTERED: tuple[Callable[[Identity], bool], ...] = (stay_bound,)
"""Whether altering the object does not rid it of what it needed before and needs no more."""

# What becomes of the work before its acts are put in order (planner.py).

AMENDING: tuple[Callable[[Work], None], ...] = (
    # First: all others see the columns of such tables as the table's own.
    release_typed_tables,
    # Before what compares fields of children with those of parents.
    follow_parents,
    # Before grants are granted again: a change of owner passes privileges on.
    carry_over,
    rename_instead_of_replacing,
    swap_not_null_names,
    # What REVOKE ... CASCADE takes along first, then what a table's REVOKE takes from its columns.
    chains.grant_again,
    columns.grant_again,
)

ORDERING: tuple[Callable[[Graph, Work], None], ...] = (
    # Edges only: the order of these is for the reader. Generic ones first, then one theme a line.
    order_dependencies,
    order_names,
    order_overloads,
    order_joins,
    order_children,
    order_attached,
    order_columns,
    order_persistence,
    order_sequences,
    order_sequence_owners,
    order_default_privileges,
    order_roles,
    order_owners,
    columns.order_grants,
    chains.order_chains,
    order_builds,
    order_references,
    order_fillings,
)

LEANED_ON: frozenset[str] = frozenset(
    # Without them, a session sees or writes what it may not, or fails: no commit should find them gone.
    (
        *(Policy.KIND, View.KIND, MaterializedView.KIND, Trigger.KIND, Rule.KIND, DefaultValue.KIND),
        *(Constraint.KIND, ReplicaIdentity.KIND, Function.KIND, Procedure.KIND, Aggregate.KIND),
    )
)
"""Kinds of which what is replaced is dropped as late as possible (order/statements.py)."""

BUILT_WITHOUT: tuple[Callable[[Act, Act, Work], bool], ...] = (built_before,)
"""Whether an act that begins with a concurrent build needs another one only for what follows on the build."""

BEHIND_FILLS: tuple[Callable[[Act, Writing], bool], ...] = (waits_for_values, goes_behind_filling)
"""Whether an act waits for backfills whatever its statements ask of rows."""

# Which acts need no statement of their own (order/folding.py).

BROUGHT_ABOUT: tuple[Callable[[Work], Iterable[tuple[Act, Act]]], ...] = (taken_over, exchanged)
"""Acts that altering another object brings about, each with that act."""

HOSTS: tuple[Callable[[Act, Graph, Work], Act | None], ...] = (
    # What a parent's statement does to its children needs none, whatever else holds the object.
    parents_act,
    falls_with_index,
    falls_with_owner,
    retyped_with_type,
    # Last: a clause is chosen only where no statement of another object covers the act anyway.
    clause_of_holder,
)
"""Which act covers an act: the first that answers."""

WITHOUT_CLAUSES: tuple[Callable[[Act], bool], ...] = (takes_no_clauses,)
"""Whether others can be folded into the object only while it is folded into another one itself."""

EVICTED_LAST: tuple[Callable[[Act], bool], ...] = (
    # A partition that leaves by a statement of its own is not dropped with its table.
    is_join,
)
"""Acts that get a statement of their own only where no other act of a circle can have one."""

# How single kinds are written (writing/writer.py).

CREATED_BY: Mapping[str, Callable[[CatalogObject, Writing], Iterable[Statement]]] = {
    Owner.KIND: owner_of_new,
    Privilege.KIND: grant_of_new,
}
"""Kinds whose statement depends on what a new object has by itself."""

FILLED: tuple[Callable[[CatalogObject, Writing], Iterable[Statement] | None], ...] = (
    # What has been filled beside the old column only takes its name.
    succeeding,
    # What comes back from the archive is added by a statement of its own, and then gets its values.
    filled,
    # What was computed when it was read stands in the rows from now on.
    computed,
    # A large table is not rewritten for it.
    filled_in_batches,
    # A backfill gives it its values, before anything is demanded of them.
    filled_later,
)
"""What creates an object along with its values, where it has any."""

REGAINING: tuple[Callable[[Identity, Iterable[Statement], Writing], Iterable[Statement]], ...] = (regained,)
"""What becomes of the statements that alter an object whose values come back from the archive."""

CREATED: tuple[Callable[[CatalogObject, Act, Writing], CatalogObject], ...] = (filled_again, without_partitions)
"""What an object is created as."""

AFTER_CREATE: tuple[Callable[[Act, Writing], Iterable[Statement]], ...] = (attached,)
"""What follows at once when an object has been created."""

CREATED_BESIDE_ROWS: tuple[Callable[[CatalogObject, Iterator[Statement], Writing], Iterator[Statement]], ...] = (
    built_beside,
    beside_restored_rows,
    # Last: whatever others make of it, its index is there.
    built_ahead,
)
"""What becomes of the statements that create an object of a table with rows."""

ALTERED: tuple[Callable[[CatalogObject, CatalogObject, Writing], CatalogObject], ...] = (read_where_possible,)
"""What an object is altered into, from what it was."""

RESTORED: tuple[Callable[[CatalogObject, Work], CatalogObject], ...] = (converted_once,)
"""What a released object is restored as."""

DROPPED: tuple[Callable[[Act, tuple[Statement, ...], Work], tuple[Statement, ...]], ...] = (
    without_hiding,
    with_keys,
    making_way,
)
"""What becomes of the statements that drop an object."""

LOST_BY_REPLACING: tuple[Callable[[Identity, Work], tuple[Hazard, ...]], ...] = (lost_by_replacing,)
"""What befalls values of others when an object is dropped and created again."""

ALTERED_BY_OTHERS: tuple[Callable[[Identity, Work], bool], ...] = (follows_holder,)
"""Whether altering another object alters this one, too."""
