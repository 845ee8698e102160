"""Which object a statement declares, by the name that is written in it."""

from dataclasses import dataclass
from typing import cast

from schemadiff.desired.reading.declared_rows import NotLiteral, row_declared
from schemadiff.desired.reading.parse_tree import Tree, listed, strings


@dataclass(frozen=True, slots=True)
class Declared:
    """The object that a statement creates; names are unquoted.

    `relation` is the table, view or type that the object belongs to: `schema` is then the relation's. A schema that
    is not written is None.
    """

    kind: str
    schema: str | None
    name: str
    relation: str | None = None

    def __str__(self) -> str:
        name = f"{self.schema}.{self.relation or self.name}" if self.schema else self.relation or self.name
        return f"{self.kind} {self.name} on {name}" if self.relation else f"{self.kind} {name}"


_RELATIONS = {
    "CreateStmt": ("table", ("relation",)),
    "CreateForeignTableStmt": ("foreign table", ("base", "relation")),
    "ViewStmt": ("view", ("view",)),
    "CreateTableAsStmt": ("table", ("into", "rel")),
    "CreateSeqStmt": ("sequence", ("sequence",)),
    "CompositeTypeStmt": ("composite type", ("typevar",)),
}
"""Node class -> kind, and the path to the RangeVar with its name."""

_NAMES = {
    "CreateEnumStmt": ("enum", "typeName"),
    "CreateRangeStmt": ("range type", "typeName"),
    "CreateDomainStmt": ("domain", "domainname"),
    "CreateFunctionStmt": ("function", "funcname"),
    "DefineStmt": ("type", "defnames"),
    "CreateStatsStmt": ("statistics object", "defnames"),
    "CreateConversionStmt": ("conversion", "conversion_name"),
    "CreateOpClassStmt": ("operator class", "opclassname"),
    "CreateOpFamilyStmt": ("operator family", "opfamilyname"),
}
"""Node class -> kind, and the field with the list of name parts."""

_DEPENDENTS = {
    "IndexStmt": ("index", "idxname", "relation"),
    "CreateTrigStmt": ("trigger", "trigname", "relation"),
    "CreatePolicyStmt": ("policy", "policy_name", "table"),
    "RuleStmt": ("rule", "rulename", "relation"),
}
"""Node class -> kind, the field with the name, and the RangeVar of the table."""

_GLOBALS = {
    "CreateSchemaStmt": ("schema", "schemaname"),
    "CreateExtensionStmt": ("extension", "extname"),
    "CreateEventTrigStmt": ("event trigger", "trigname"),
    "CreatePublicationStmt": ("publication", "pubname"),
    "CreateFdwStmt": ("foreign-data wrapper", "fdwname"),
    "CreateForeignServerStmt": ("server", "servername"),
    "CreatePLangStmt": ("language", "plname"),
}
"""Node class -> kind and the field with the name."""

_DEFINED = {
    "OBJECT_AGGREGATE": "aggregate",
    "OBJECT_OPERATOR": "operator",
    "OBJECT_TYPE": "type",
    "OBJECT_COLLATION": "collation",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSTEMPLATE": "text search template",
    "OBJECT_TSCONFIGURATION": "text search configuration",
}


def declared(tag: str, tree: Tree) -> Declared | None:
    """What a statement declares; None for one that only changes an object."""
    if tag in _RELATIONS:
        kind, path = _RELATIONS[tag]
        node = tree
        for step in path:
            node = cast(Tree, node[step])
        schema, name = _range_var(node)
        return Declared(_relation_kind(tag, tree, kind), schema, name)
    if tag in _NAMES:
        kind, field = _NAMES[tag]
        parts = strings(tree.get(field))
        return Declared(_named_kind(tag, tree, kind), parts[-2] if len(parts) > 1 else None, parts[-1])
    if tag in _DEPENDENTS:
        kind, field, table = _DEPENDENTS[tag]
        schema, relation = _range_var(cast(Tree, tree[table]))
        return Declared(kind, schema, str(tree[field]), relation) if field in tree else None
    if tag in _GLOBALS and _GLOBALS[tag][1] in tree:
        kind, field = _GLOBALS[tag]
        return Declared(kind, None, str(tree[field]))
    if tag == "AlterTableStmt":
        return _added(tree)
    return _row(tag, tree) if tag in ("InsertStmt", "SelectStmt") else None


def _row(tag: str, tree: Tree) -> Declared | None:
    """The row of a table of the platform, where a statement declares one."""
    try:
        row = row_declared(tag, tree)
    except NotLiteral:
        return None
    return Declared(row[0], None, row[1]) if row else None


def _range_var(node: Tree) -> tuple[str | None, str]:
    schema = node.get("schemaname")
    return (None if schema is None else str(schema)), str(node["relname"])


def _relation_kind(tag: str, tree: Tree, kind: str) -> str:
    if tag == "CreateTableAsStmt" and tree.get("objtype") == "OBJECT_MATVIEW":
        return "materialized view"
    return kind


def _named_kind(tag: str, tree: Tree, kind: str) -> str:
    if tag == "DefineStmt":
        return _DEFINED.get(str(tree.get("kind")), kind)
    if tag == "CreateFunctionStmt" and tree.get("is_procedure"):
        return "procedure"
    return kind


def _added(tree: Tree) -> Declared | None:
    """The column or constraint that an ALTER TABLE with a single action adds."""
    actions = listed(tree, "cmds")
    if len(actions) != 1:
        return None
    definition = cast(dict[str, Tree], actions[0]["AlterTableCmd"].get("def", {}))
    schema, relation = _range_var(cast(Tree, tree["relation"]))
    match actions[0]["AlterTableCmd"].get("subtype"):
        case "AT_AddColumn":
            return Declared("column", schema, str(definition["ColumnDef"]["colname"]), relation)
        case "AT_AddConstraint" if "conname" in definition["Constraint"]:
            return Declared("constraint", schema, str(definition["Constraint"]["conname"]), relation)
    return None
