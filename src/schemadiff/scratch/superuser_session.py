"""How superusers' sessions begin on scratch servers: nothing that lies in a database runs in them by itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.versions import SWITCHES_EVENT_TRIGGERS

EMPTY_PATH = "-c search_path= -c role=none -c standard_conforming_strings=on"
"""The libpq parameter `options` of a session for which names mean what the system calls so."""

_SETTINGS = (
    ("check_function_bodies", "off"),
    ("local_preload_libraries", ""),
)
"""Whoever owns a database may set other values for all its sessions; what a client asks for comes before."""

_ENABLED = {
    "O": SQL("ALTER EVENT TRIGGER {} ENABLE"),
    "A": SQL("ALTER EVENT TRIGGER {} ENABLE ALWAYS"),
    "R": SQL("ALTER EVENT TRIGGER {} ENABLE REPLICA"),
    "D": SQL("ALTER EVENT TRIGGER {} DISABLE"),
}

_SWITCHED_OFF = "SELECT pg_catalog.current_setting('event_triggers', true)"

_TRIGGERS = "SELECT evtname, evtenabled::pg_catalog.text FROM pg_catalog.pg_event_trigger"


def guards(version_num: int) -> str:
    """The libpq parameter `options` of a superuser's session on a server of that version."""
    settings = [*_SETTINGS, *([("event_triggers", "off")] if version_num >= SWITCHES_EVENT_TRIGGERS else [])]
    return " ".join([EMPTY_PATH, *(f"-c {name}={value}" for name, value in settings)])


@contextmanager
def without_event_triggers(admin: psycopg.Connection, changed: str = "") -> Iterator[None]:
    """No event trigger fires meanwhile, in an open transaction of `admin`; the one called `changed` is left as it is.

    Servers that can switch them off for a session have done so; on older ones, each is disabled.
    """
    if admin.execute(_SWITCHED_OFF).fetchone() == ("off",):
        yield
        return
    triggers = admin.execute(_TRIGGERS).fetchall()
    for name, _ in triggers:
        admin.execute(_ENABLED["D"].format(Identifier(name)))
    yield
    left = {name for name, _ in admin.execute(_TRIGGERS)}
    for name, enabled in triggers:
        if name in left - {changed}:
            admin.execute(_ENABLED[enabled].format(Identifier(name)))


@contextmanager
def at_path(admin: psycopg.Connection, search_path: str) -> Iterator[None]:
    """Names are looked up in the schemas of `search_path` meanwhile, in an open transaction of `admin`."""
    admin.execute("SELECT pg_catalog.set_config('search_path', %s, true)", (search_path,))
    yield
    admin.execute("SET LOCAL search_path = ''")  # this calls no function that a schema may have, too


def run_alone(admin: psycopg.Connection, statements: Sequence[str]) -> None:
    """Run statements, each of which the server itself takes for a single one. Raises psycopg.Error."""
    with admin.pipeline():
        for text in statements:
            admin.execute(text.encode())
