"""libpq's environment variables: they complete only what the same source names, and no connection behind our back.

A password goes to the host that the same source names: what stands in the environment completes what the caller
names, what stands in .env completes what .env names, and neither completes what a project names.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote

from schemadiff.connection_string import parameters_of
from schemadiff.errors import ConfigError

PARAMETERS = {
    "PGHOST": "host",
    "PGHOSTADDR": "hostaddr",
    "PGPORT": "port",
    "PGDATABASE": "dbname",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGPASSFILE": "passfile",
    "PGSERVICE": "service",
    "PGREQUIREAUTH": "require_auth",
    "PGCHANNELBINDING": "channel_binding",
    "PGSSLMODE": "sslmode",
    "PGSSLNEGOTIATION": "sslnegotiation",
    "PGSSLROOTCERT": "sslrootcert",
    "PGSSLCRL": "sslcrl",
    "PGSSLCRLDIR": "sslcrldir",
    "PGSSLMINPROTOCOLVERSION": "ssl_min_protocol_version",
    "PGSSLCERT": "sslcert",
    "PGSSLKEY": "sslkey",
    "PGGSSENCMODE": "gssencmode",
    "PGKRBSRVNAME": "krbsrvname",
    "PGCONNECT_TIMEOUT": "connect_timeout",
    "PGTARGETSESSIONATTRS": "target_session_attrs",
    "PGLOADBALANCEHOSTS": "load_balance_hosts",
    "PGOPTIONS": "options",
}
"""The variables and the connection parameters that say the same."""

NAMING = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE")
"""Those that name a database; a user or an SSL mode alone does not."""

_OF_EVERY_HOST = frozenset({"PGPASSFILE", "PGCONNECT_TIMEOUT"}) | {
    name for name in PARAMETERS if name.startswith(("PGSSL", "PGGSS", "PGKRB", "PGREQUIRE", "PGCHANNEL"))
}
"""What a caller says of all connections: how careful they are, and where passwords are by host."""

_OF_SERVICES = ("PGSERVICEFILE", "PGSYSCONFDIR")
"""Where services are described, which matters for a connection that names one, and which is no parameter of it."""


def completed(url: str, own: Mapping[str, str], caller: Mapping[str, str]) -> str:
    """A connection string with what the variables of its source, `own`, say beyond it, unless they name another host.

    What the `caller` says of every host holds, too. Raises ConfigError for a service beside a host or port.
    """
    parameters = parameters_of(url)
    if parameters is None:
        return url
    place = next((name for name in ("host", "hostaddr", "port") if parameters.get(name)), None)
    service = parameters.get("service") or ("" if place else own.get("PGSERVICE", ""))
    if service:
        if place:
            raise ConfigError(
                f"a connection string names a service and a {place}, which would get the password of the service: "
                "name one of the two"
            )
        # a service says the rest, and parameters would go before what it says
        who = {name: own[name] for name in ("PGUSER", "PGPASSWORD", "PGDATABASE") if name in own}
        return _with(url, parameters, who | {"PGSERVICE": service})
    host = parameters.get("host") or parameters.get("hostaddr")
    others = {own.get("PGHOST"), own.get("PGHOSTADDR")} - {None, ""}
    if host and (others or own.get("PGSERVICE")) and host not in others:
        own = {}
    return _with(url, parameters, {**own, **_of_every_host(caller)})


def completed_for_a_project(url: str, caller: Mapping[str, str]) -> str:
    """A project's connection string with what the `caller` says of every host, and as whom; never with a password."""
    parameters = parameters_of(url) or {}
    for_all = _of_every_host(caller)
    if "PGSSLMODE" in for_all:
        parameters.pop("sslmode", None)
        url = _written(parameters)
    return _with(url, parameters, {name: value for name, value in caller.items() if name == "PGUSER"} | for_all)


@contextmanager
def hidden() -> Iterator[None]:
    """Takes libpq's variables out of the environment: connections and child processes are not completed by them."""
    taken = {name: value for name, value in os.environ.items() if name.startswith("PG") and name not in _OF_SERVICES}
    for name in taken:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(taken)


def _of_every_host(caller: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in caller.items() if name in _OF_EVERY_HOST}


def _with(url: str, parameters: Mapping[str, str], variables: Mapping[str, str]) -> str:
    """The string with the variables whose parameters it does not hold."""
    more = {
        parameter: variables[name]
        for name, parameter in PARAMETERS.items()
        if variables.get(name) and parameter not in parameters
    }
    return _written({**parameters, **more}) if more else url


def _written(parameters: Mapping[str, str]) -> str:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"postgresql:///?{query}"
