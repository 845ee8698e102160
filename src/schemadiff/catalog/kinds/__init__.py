"""Every kind of object, one file each; the place in `KINDS` breaks ties in the order of statements."""

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.access_method import AccessMethod
from schemadiff.catalog.kinds.aggregate import Aggregate
from schemadiff.catalog.kinds.base_type import BaseType
from schemadiff.catalog.kinds.bucket import Bucket
from schemadiff.catalog.kinds.cast import Cast
from schemadiff.catalog.kinds.cluster_index import ClusterIndex
from schemadiff.catalog.kinds.collation import Collation
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.comment import Comment
from schemadiff.catalog.kinds.composite_type import CompositeType
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.conversion import Conversion
from schemadiff.catalog.kinds.cron_job import CronJob
from schemadiff.catalog.kinds.database_setting import DatabaseSetting
from schemadiff.catalog.kinds.default_gap import DefaultGap
from schemadiff.catalog.kinds.default_value import DefaultValue
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.domain_constraint import DomainConstraint
from schemadiff.catalog.kinds.enum import EnumType
from schemadiff.catalog.kinds.event_trigger import EventTrigger
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.foreign_data_wrapper import ForeignDataWrapper
from schemadiff.catalog.kinds.foreign_table import ForeignTable
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.index_attachment import IndexAttachment
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.language import Language
from schemadiff.catalog.kinds.materialized_view import MaterializedView
from schemadiff.catalog.kinds.operator import Operator
from schemadiff.catalog.kinds.operator_class import OperatorClass
from schemadiff.catalog.kinds.operator_family import OperatorFamily
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.kinds.privilege.default_privileges import DefaultPrivileges
from schemadiff.catalog.kinds.privilege.parameter_privilege import ParameterPrivilege
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.kinds.publication import Publication
from schemadiff.catalog.kinds.publication_namespace import PublicationNamespace
from schemadiff.catalog.kinds.publication_relation import PublicationRelation
from schemadiff.catalog.kinds.queue import Queue
from schemadiff.catalog.kinds.range_type import RangeType
from schemadiff.catalog.kinds.replica_identity import ReplicaIdentity
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.kinds.role_membership import RoleMembership
from schemadiff.catalog.kinds.role_setting import RoleSetting
from schemadiff.catalog.kinds.rule import Rule
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.kinds.security_label import SecurityLabel
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.kinds.sequence_owner import SequenceOwner
from schemadiff.catalog.kinds.server import Server
from schemadiff.catalog.kinds.shell_type import ShellType
from schemadiff.catalog.kinds.statistics_object import StatisticsObject
from schemadiff.catalog.kinds.subscription import Subscription
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.kinds.text_search_configuration import TextSearchConfiguration
from schemadiff.catalog.kinds.text_search_dictionary import TextSearchDictionary
from schemadiff.catalog.kinds.text_search_parser import TextSearchParser
from schemadiff.catalog.kinds.text_search_template import TextSearchTemplate
from schemadiff.catalog.kinds.transform import Transform
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.kinds.trigger_state import TriggerState
from schemadiff.catalog.kinds.user_mapping import UserMapping
from schemadiff.catalog.kinds.view import View
from schemadiff.catalog.kinds.view_column import ViewColumn

KINDS: tuple[type[CatalogObject], ...] = (
    Role,
    RoleMembership,
    RoleSetting,
    DatabaseSetting,
    ParameterPrivilege,
    Schema,
    Extension,
    Bucket,
    Queue,
    Language,
    Collation,
    ShellType,
    EnumType,
    Domain,
    DomainConstraint,
    CompositeType,
    RangeType,
    BaseType,
    Transform,
    Cast,
    Function,
    Procedure,
    Aggregate,
    AccessMethod,
    Operator,
    OperatorFamily,
    OperatorClass,
    Conversion,
    TextSearchParser,
    TextSearchTemplate,
    TextSearchDictionary,
    TextSearchConfiguration,
    Sequence,
    ForeignDataWrapper,
    Server,
    UserMapping,
    Table,
    ForeignTable,
    Column,
    DefaultValue,
    DefaultGap,
    SequenceOwner,
    Constraint,
    Index,
    Inheritance,
    IndexAttachment,
    ReplicaIdentity,
    ClusterIndex,
    StatisticsObject,
    View,
    MaterializedView,
    ViewColumn,
    Rule,
    Trigger,
    TriggerState,
    Policy,
    Publication,
    PublicationRelation,
    PublicationNamespace,
    Subscription,
    Owner,
    Privilege,
    DefaultPrivileges,
    Comment,
    SecurityLabel,
    CronJob,
    EventTrigger,
)

BY_NAME: dict[str, type[CatalogObject]] = {cls.KIND: cls for cls in KINDS}
RANK: dict[str, int] = {cls.KIND: place for place, cls in enumerate(KINDS)}
SATELLITES: tuple[type[CatalogObject], ...] = tuple(cls for cls in KINDS if cls.SATELLITE)
STANDING_FOR: tuple[type[CatalogObject], ...] = tuple(cls for cls in KINDS if cls.STANDS_FOR)
SHELLS: tuple[type[CatalogObject], ...] = tuple(cls for cls in KINDS if cls.SHELL_OF)
AROUND_SCHEMAS: frozenset[type[CatalogObject]] = frozenset(
    {Role, RoleMembership, RoleSetting, DatabaseSetting, ParameterPrivilege}
)
"""Kinds that belong to the server or the database itself; read only where the scope asks for roles."""
ROWS: tuple[type[CatalogObject], ...] = tuple(cls for cls in KINDS if cls.ROWS)
"""Kinds whose objects are rows of a table of the platform; read only where the scope names them."""
