"""Policies that guard less than they seem to."""

import re
from collections.abc import Iterator

from schemadiff.access.change import EXPOSED_TO
from schemadiff.access.relations import table_is_secured
from schemadiff.catalog.kinds.policy import Policy
from schemadiff.lint.rule import Finding, Side

_USER_METADATA = re.compile(
    r"(auth\.jwt\(\)|current_setting\(\s*'request\.jwt\.claims?).*(user_metadata|raw_user_meta_data)", re.S
)


def rls_policy_always_true(side: Side) -> Iterator[Finding]:
    """Policies that let whoever comes from the internet write any row."""
    for policy in side.catalog.of(Policy):
        if not table_is_secured(side.catalog, policy.table) or not policy.permissive or policy.command == "SELECT":
            continue
        if not (open_to := [role for role in policy.roles if role in EXPOSED_TO]):
            continue
        if _writes_anything(policy):
            what = "any row" if policy.command == "ALL" else f"{policy.command} of any row"
            message = f"it lets {', '.join(open_to)} do {what}, as if there were no row-level security"
            fix = f"ALTER POLICY {policy.identity} {_narrowed(policy)};"
            yield Finding(policy, message, fix)


def _writes_anything(policy: Policy) -> bool:
    """Whether a policy takes any row that is written: an expression that is not there lets everything through."""
    using, check = _is_true(policy.using), _is_true(policy.with_check)
    if policy.command == "INSERT":
        return policy.with_check is None or check
    if policy.command == "DELETE":
        return policy.using is None or using
    return policy.using is None or using or check


def _is_true(expression: str | None) -> bool:
    return (expression or "").replace(" ", "").lower() in ("true", "(true)", "1=1", "(1=1)")


def _narrowed(policy: Policy) -> str:
    own = "((SELECT auth.uid()) = user_id)"
    clauses = [f"USING {own}"] if policy.command != "INSERT" else []
    return " ".join(clauses + ([f"WITH CHECK {own}"] if policy.command in ("INSERT", "UPDATE", "ALL") else []))


def rls_references_user_metadata(side: Side) -> Iterator[Finding]:
    """Policies that trust what users may write about themselves."""
    for policy in side.catalog.of(Policy):
        if any(_USER_METADATA.search(text or "") for text in (policy.using, policy.with_check)):
            message = "it trusts user_metadata, which every user may change: use app_metadata"
            fix = f"DROP POLICY {policy.identity}; -- and create it over app_metadata"
            yield Finding(policy, message, fix)


_PER_ROW = re.compile(r"(?<![\w.\"])(auth\.(?:uid|jwt|role|email)\(\)|current_setting\()")


def auth_rls_initplan(side: Side) -> Iterator[Finding]:
    """Policies that ask who is there once a row, and not once a query."""
    for policy in side.catalog.of(Policy):
        if not table_is_secured(side.catalog, policy.table):
            continue
        found = sorted({name for text in (policy.using, policy.with_check) for name in _unwrapped(text or "")})
        if found:
            message = f"{', '.join(found)} runs once a row: inside (SELECT ...) it runs once a query"
            clauses = [
                f"{words} ({_wrapped(text)})"
                for words, text in (("USING", policy.using), ("WITH CHECK", policy.with_check))
                if text is not None
            ]
            fix = f"ALTER POLICY {policy.identity} {' '.join(clauses)};"
            yield Finding(policy, message, fix)


def _unwrapped(text: str) -> Iterator[str]:
    for match in _PER_ROW.finditer(text):
        if not text[: match.start()].rstrip().lower().endswith("select"):
            yield match[1] if match[1].endswith(")") else f"{match[1]}...)"


def _wrapped(text: str) -> str:
    """The expression with its bare calls inside of sub-selects."""
    found, place = "", 0
    for match in _PER_ROW.finditer(text):
        if match.start() < place or text[: match.start()].rstrip().lower().endswith("select"):
            continue
        end = _closing(text, match.end())
        found += f"{text[place : match.start()]}(SELECT {text[match.start() : end]})"
        place = end
    return " ".join((found + text[place:]).split())


def _closing(text: str, place: int) -> int:
    """Where the call whose name ends at `place` is closed."""
    if text[place - 1] == ")":
        return place
    depth = 1
    while depth and place < len(text):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        place += 1
    return place
