"""Statements that a person wrote into a script: what they are called, and which risks their words show.

What only shows when a statement runs (locks, scans, rewrites) is left to the rehearsal.
"""

from collections.abc import Iterator

from pglast import ast
from pglast.enums import AlterTableType, DropBehavior, ObjectType, OnConflictAction, RoleSpecType

from schemadiff.access.change import API_ROLES
from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.sql import Sql, quote_ident
from schemadiff.catalog.statements.hazard import Hazard, Risk, rule
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import Recovery, Step
from schemadiff.plans.scripts.reading import ScriptStatement

_KIND, _NAME = "statement", "written by hand"
"""What stands for the object of such a step, whose names only Postgres could tell."""

_HOLD_ROWS = {
    ObjectType.OBJECT_TABLE: "table",
    ObjectType.OBJECT_FOREIGN_TABLE: "foreign table",
    ObjectType.OBJECT_SEQUENCE: "sequence",
}
_HOLD_MORE = {ObjectType.OBJECT_SCHEMA, ObjectType.OBJECT_EXTENSION}
_SILENCING = {AlterTableType.AT_DisableTrig, AlterTableType.AT_DisableTrigAll, AlterTableType.AT_DisableTrigUser}
_OPAQUE = (ast.DoStmt, ast.CallStmt, ast.SelectStmt, ast.ExecuteStmt, ast.CopyStmt)
"""Statements that can do anything to rows, and do not say what."""


def step_by_hand(statement: ScriptStatement, before: State, settings: tuple[Sql, ...]) -> Step:
    """The step of a statement that no plan made; `before` is the state that its script starts from."""
    found = set(_hazards(statement.tree, before))
    recovery = Recovery.LOSSLESS
    if Hazard.DATA_LOSS in found:
        recovery = Recovery.STRUCTURE_ONLY
    elif Hazard.IRREVERSIBLE in found:
        recovery = Recovery.IMPOSSIBLE
    cause = rule("by hand", type(statement.tree).__name__.removesuffix("Stmt"))
    risks = tuple(Risk(hazard, cause) for hazard in Hazard if hazard in found)
    return Step(statement.sql, StepOperation.RUN, _KIND, _NAME, risks=risks, recovery=recovery, settings=settings)


def _hazards(tree: ast.Node, before: State) -> Iterator[Hazard]:
    match tree:
        case ast.DropStmt():
            yield from _of_drop(tree, before)
        case ast.AlterTableStmt():
            yield from _of_alter(tree, before)
        case ast.TruncateStmt() | ast.DeleteStmt() | ast.MergeStmt():
            yield Hazard.DATA_LOSS
        case ast.UpdateStmt():
            names = (f"column {_name(tree.relation)}.{quote_ident(one.name)}" for one in tree.targetList or ())
            if not all(_new(name, before) for name in names):
                yield Hazard.IRREVERSIBLE
        case ast.InsertStmt():
            clause = tree.onConflictClause
            if clause is not None and clause.action == OnConflictAction.ONCONFLICT_UPDATE:
                yield Hazard.IRREVERSIBLE
        case ast.RenameStmt():
            yield Hazard.BREAKS_CLIENTS
        case ast.GrantStmt() | ast.GrantRoleStmt():
            yield Hazard.WIDENS_ACCESS if tree.is_grant else Hazard.NARROWS_ACCESS
            if tree.is_grant and any(_is_anybody(role) for role in _grantees(tree)):
                yield Hazard.EXPOSES_DATA
        case _ if isinstance(tree, _OPAQUE):
            yield Hazard.IRREVERSIBLE


def _of_drop(tree: ast.DropStmt, before: State) -> Iterator[Hazard]:
    kind = _HOLD_ROWS.get(tree.removeType) if tree.removeType else None
    kept = [kind is None or not _new(f"{kind} {_parts(one)}", before) for one in tree.objects or ()]
    if any(kept) and tree.removeType == ObjectType.OBJECT_TRIGGER:
        yield Hazard.SWITCHES_OFF
    elif any(kept):
        yield Hazard.BREAKS_CLIENTS
        if kind or tree.removeType in _HOLD_MORE or tree.behavior == DropBehavior.DROP_CASCADE:
            yield Hazard.DATA_LOSS


def _grantees(tree: ast.GrantStmt | ast.GrantRoleStmt) -> tuple[ast.RoleSpec, ...]:
    return (tree.grantee_roles if isinstance(tree, ast.GrantRoleStmt) else tree.grantees) or ()


def _is_anybody(role: ast.RoleSpec) -> bool:
    """Whether everybody is the role, or can be it."""
    return role.roletype == RoleSpecType.ROLESPEC_PUBLIC or role.rolename in API_ROLES


def _of_alter(tree: ast.AlterTableStmt, before: State) -> Iterator[Hazard]:
    for command in tree.cmds or ():
        if command.subtype == AlterTableType.AT_DropColumn:
            if not _new(f"column {_name(tree.relation)}.{quote_ident(command.name)}", before):
                yield from (Hazard.DATA_LOSS, Hazard.BREAKS_CLIENTS)
        elif command.subtype in _SILENCING:
            yield Hazard.SWITCHES_OFF
        elif command.subtype == AlterTableType.AT_DisableRowSecurity:
            yield from (Hazard.WIDENS_ACCESS, Hazard.EXPOSES_DATA)
        elif command.subtype in (AlterTableType.AT_DetachPartition, AlterTableType.AT_DropInherit):
            yield Hazard.HIDES_ROWS
        elif command.subtype == AlterTableType.AT_AlterColumnType:
            yield from (Hazard.MAY_FAIL_ON_DATA, Hazard.BREAKS_CLIENTS)
        elif command.subtype in (
            AlterTableType.AT_SetNotNull,
            AlterTableType.AT_AddConstraint,
            AlterTableType.AT_ValidateConstraint,
        ):
            yield Hazard.MAY_FAIL_ON_DATA


def _new(name: str, before: State) -> bool:
    """Whether an object is the script's own; one that is not named with its schema is not known to be."""
    return "." in name and name not in before.objects


def _name(relation: ast.RangeVar | None) -> str:
    return (
        ""
        if relation is None
        else ".".join(quote_ident(part) for part in (relation.schemaname, relation.relname) if part)
    )


def _parts(names: tuple[ast.String, ...]) -> str:
    return ".".join(quote_ident(part.sval or "") for part in names) if isinstance(names, tuple) else ""
