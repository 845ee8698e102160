"""The list of rules, and what they find. A new rule is a function in one of the folders beside, and a line here.

Rules that the platform's advisors have, too, bear their names and levels.
"""

from collections.abc import Callable, Iterable

from schemadiff.lint.performance.foreign_keys import fkey_to_auth_unique, unindexed_foreign_keys
from schemadiff.lint.performance.indexes import duplicate_index, unused_index
from schemadiff.lint.performance.tables import multiple_permissive_policies, no_primary_key, unsupported_reg_types
from schemadiff.lint.rule import Finding, Rule, Side
from schemadiff.lint.security.extensions import (
    extension_in_public,
    extension_versions_outdated,
    insecure_queue_exposed_in_api,
)
from schemadiff.lint.security.policies import auth_rls_initplan, rls_policy_always_true, rls_references_user_metadata
from schemadiff.lint.security.relations import (
    auth_users_exposed,
    foreign_table_in_api,
    materialized_view_in_api,
    pg_graphql_anon_table_exposed,
    pg_graphql_authenticated_table_exposed,
    security_definer_view,
)
from schemadiff.lint.security.routines import (
    anon_security_definer_function_executable,
    authenticated_security_definer_function_executable,
    function_search_path_mutable,
)
from schemadiff.lint.security.row_security import (
    no_grant_in_exposed_schema,
    policy_exists_rls_disabled,
    rls_disabled_in_exposed_schema,
    rls_disabled_in_public,
    rls_enabled_no_policy,
    sensitive_columns_exposed,
)
from schemadiff.plans.advice import Severity

Find = Callable[[Side], Iterable[Finding]]

_BY_SEVERITY: dict[Severity, tuple[Find, ...]] = {
    Severity.ERROR: (
        rls_disabled_in_public,
        policy_exists_rls_disabled,
        sensitive_columns_exposed,
        auth_users_exposed,
        security_definer_view,
        rls_references_user_metadata,
        insecure_queue_exposed_in_api,
        fkey_to_auth_unique,
    ),
    Severity.WARNING: (
        anon_security_definer_function_executable,
        authenticated_security_definer_function_executable,
        rls_policy_always_true,
        materialized_view_in_api,
        foreign_table_in_api,
        pg_graphql_anon_table_exposed,
        pg_graphql_authenticated_table_exposed,
        rls_disabled_in_exposed_schema,
        no_grant_in_exposed_schema,
        function_search_path_mutable,
        extension_in_public,
        extension_versions_outdated,
        auth_rls_initplan,
        multiple_permissive_policies,
        duplicate_index,
        unsupported_reg_types,
    ),
    Severity.INFO: (
        rls_enabled_no_policy,
        unindexed_foreign_keys,
        no_primary_key,
        unused_index,
    ),
}

RULES: tuple[Rule, ...] = tuple(
    Rule(find.__name__.replace("_", "-"), severity, find) for severity, finds in _BY_SEVERITY.items() for find in finds
)
"""What matters most comes first."""
