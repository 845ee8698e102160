"""Tables whose rows nobody guards, or nobody gets at."""

from collections.abc import Iterator

from schemadiff.access.change import USUAL_ROLES
from schemadiff.access.matrix import ROWS
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, unquoted
from schemadiff.lint.rule import Finding, Side
from schemadiff.plans.quantities import listed

_SENSITIVE = frozenset((
    "password", "passwd", "pwd", "passphrase", "secret", "secret_key", "private_key", "api_key", "apikey",
    "auth_key", "token", "jwt", "access_token", "refresh_token", "oauth_token", "session_token", "bearer_token",
    "auth_code", "session_id", "session_key", "session_secret", "recovery_code", "backup_code",
    "verification_code", "otp", "two_factor", "2fa_secret", "2fa_code", "ssn", "social_security",
    "social_security_number", "driver_license", "drivers_license", "license_number", "passport_number",
    "passport_id", "national_id", "tax_id", "credit_card", "card_number", "cvv", "cvc", "cvn",
    "bank_account", "account_number", "routing_number", "iban", "swift_code", "bic", "health_record",
    "medical_record", "patient_id", "insurance_number", "health_insurance", "medical_insurance", "treatment",
    "mac_address", "macaddr", "imei", "device_uuid", "pgp_key", "gpg_key", "ssh_key", "certificate", "license_key",
    "activation_key", "facial_recognition",
))  # fmt: skip
"""Names of columns whose values nobody should see."""


def _tables(side: Side, *, secured: bool) -> Iterator[Table]:
    return side.catalog.having(Table, "row_security", secured)


def _enable(table: Table) -> str:
    return f"ALTER TABLE {table.identity} ENABLE ROW LEVEL SECURITY;"


def _policies(side: Side) -> dict[Quoted, list[Policy]]:
    found: dict[Quoted, list[Policy]] = {}
    for policy in side.catalog.of(Policy):
        found.setdefault(policy.table, []).append(policy)
    return found


def rls_disabled_in_public(side: Side) -> Iterator[Finding]:
    """Tables that the API serves to its roles without row-level security."""
    for table in _tables(side, secured=False):
        if side.serves(table) and (readers := side.readers(table)):
            message = f"row-level security is off, and {listed(readers)} can read every row through the API"
            yield Finding(table, message, _enable(table))


def rls_disabled_in_exposed_schema(side: Side) -> Iterator[Finding]:
    """The same of tables that no role of the API reads yet: the first GRANT would open all rows."""
    for table in _tables(side, secured=False):
        if side.serves(table) and not side.readers(table):
            message = "row-level security is off in a schema that the API serves: the first GRANT opens every row"
            yield Finding(table, message, _enable(table))


def no_grant_in_exposed_schema(side: Side) -> Iterator[Finding]:
    """Tables in a schema of the API that none of its roles may use; new tables are no longer granted by themselves."""
    roles = [side.access.actors[role] for role in USUAL_ROLES if role in side.access.actors]
    has, columns = side.access.privileges.has, side.access.privileges.columns
    for table in side.catalog.of(Table):
        if not side.serves(table) or not side.api_actors:
            continue
        if not any(
            has(role, action, table.KIND, table.identity) or columns(role, action, table.identity)
            for role in roles
            for action in ROWS
        ):
            message = "no role of the API holds a privilege, so that the API does not reach it"
            grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE {table.identity} TO authenticated, service_role;"
            yield Finding(table, message, grant)


def policy_exists_rls_disabled(side: Side) -> Iterator[Finding]:
    """Policies that do nothing, since row-level security of their table is off."""
    policies = _policies(side)
    for table in _tables(side, secured=False):
        if found := policies.get(table.identity):
            names = listed([policy.identity.partition(" ON ")[0] for policy in found])
            yield Finding(table, f"row-level security is off, so that its policies do nothing: {names}", _enable(table))


def rls_enabled_no_policy(side: Side) -> Iterator[Finding]:
    """Tables with row-level security and no policy: nobody sees a row."""
    policies = _policies(side)
    for table in _tables(side, secured=True):
        if table.identity not in policies:
            message = "row-level security is on and there is no policy: nobody but its owner sees a row"
            fix = f"CREATE POLICY owners ON {table.identity} TO authenticated USING ((SELECT auth.uid()) = user_id);"
            yield Finding(table, message, fix)


def _is_sensitive(name: str) -> bool:
    return unquoted(Quoted(name)).lower().replace("-", "_") in _SENSITIVE


def sensitive_columns_exposed(side: Side) -> Iterator[Finding]:
    """Columns that look like secrets in tables that the API serves without row-level security."""
    open_tables = {table.identity: table for table in _tables(side, secured=False)}
    found: dict[Quoted, list[str]] = {}
    for column in side.catalog.where(Column, "name", _is_sensitive):
        table = open_tables.get(column.table)
        if table and side.serves(table):
            found.setdefault(column.table, []).append(column.name)
    for name, columns in found.items():
        table = open_tables[name]
        if side.readers(table):
            message = f"{listed(sorted(columns))} can be read through the API, and row-level security is off"
            yield Finding(table, message, _enable(table))
