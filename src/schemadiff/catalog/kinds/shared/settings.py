"""How settings that ALTER DATABASE and ALTER ROLE keep are read and written."""

import re
from collections.abc import Mapping

from schemadiff.catalog.sql import Sql, literal, quote_ident

LISTS = frozenset(
    {
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    }
)
"""Settings kept as a list of quoted names. Source: variable_is_guc_list_quote() of pg_dump."""

_MEMBER = re.compile(r'"((?:[^"]|"")*)"|([^,\s]+)')

HERE = "(SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())"
"""The database that is read, as a subquery."""

PAIRS = """
    CROSS JOIN LATERAL unnest(s.setconfig) AS c (pair)
    CROSS JOIN LATERAL (SELECT split_part(c.pair, '=', 1), substr(c.pair, strpos(c.pair, '=') + 1)) AS p (name, value)
"""
"""Joins each setting of a row `s` of pg_db_role_setting as `p.name` and `p.value`."""


def assignment(name: str, value: str) -> Sql:
    """`SET name TO value`, where `value` is as pg_db_role_setting keeps it."""
    written = literal(value)
    if name.lower() in LISTS:
        members = [bare or quoted.replace('""', '"') for quoted, bare in _MEMBER.findall(value)]
        written = Sql(", ".join(map(literal, members)) or "''")
    return Sql(f"SET {setting_name(name)} TO {written}")


def setting_name(name: str) -> str:
    """The name of a setting as SQL takes it; a setting of an extension has two parts."""
    return ".".join(quote_ident(part) for part in name.split("."))


def in_this_database(template: str, words: Mapping[str, str]) -> Sql:
    """A DO statement that runs `template` with the name of the current database for `{database}`.

    The name is not known before the statement runs: databases that are compared have different ones.
    """
    escaped = {key: word.replace("%", "%%") for key, word in words.items()}
    command = literal(template.format(database="%I", **escaped))
    body = f"BEGIN EXECUTE format({command}, current_database()); END"
    tag = "$do$"
    while tag in body:
        tag = f"{tag[:-1]}_$"
    return Sql(f"DO {tag} {body} {tag}")
