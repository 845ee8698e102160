"""Connection strings: read as libpq reads them, and shown without what is secret in them."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import zip_longest
from urllib.parse import quote

from schemadiff.errors import ConfigError

_OF_A_PROJECT = ("user", "host", "port", "dbname", "sslmode", "connect_timeout", "target_session_attrs")
"""Parameters that a project may put into a connection string; others read files, or lead to another server."""

_STRICT_SSLMODES = ("require", "verify-ca", "verify-full")

UNREADABLE = "(a connection string that cannot be read)"
"""What is shown of a string that libpq would not take, or would take apart elsewhere than its writer meant."""

_SECRET = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
_SHOWN = ("hostaddr", "sslmode", "target_session_attrs", "service")
"""Parameters that are shown, besides user, host, port and database; what others hold is nobody's business."""

_WITHOUT_EMPTY = {
    "connect_timeout": "0",
    "require_auth": "none,password,md5,gss,sspi,scram-sha-256",
    "sslcertmode": "allow",
    "min_protocol_version": "3.0",
    "max_protocol_version": "3.0",
}
"""What is as the default of parameters that must not be empty."""

_OF_OTHERS = frozenset(
    {"pgbouncer", "supa", "connection_limit", "pool_timeout", "socket_timeout", "statement_cache_size", "schema"}
)
"""Parameters that integrations and ORMs put into a URL for themselves, and that libpq would not take."""

_HOSTED = re.compile(r"(?:^|\.)(?:supabase\.(?:co|com|red)|pooler\.supabase\.com)$")

_URL = re.compile(r"postgres(?:ql)?://(?P<rest>\S*)(?P<line>[^\n]*)", re.IGNORECASE)
_CLOSING = "'\"`,.;:)>}"
"""What ends a sentence or a quotation, and not the URL before it."""

_PARAMETER = re.compile(
    rf"(?P<name>(?<![\w.])(?:{'|'.join(_SECRET)})\s*=\s*)"
    r"(?:''(?:[^'\\]|\\.)*''|'(?:[^'\\]|\\.)*'|\"[^\"]*\"|[^&\s'\";]+)",
    re.IGNORECASE,
)
_IN_SQL = re.compile(r"(?P<name>\bpassword\s+)(?:E|U&)?'(?:[^']|'')*'", re.IGNORECASE)


def is_connection_string(text: str) -> bool:
    """Whether `text`, which may name a file as well, is meant as a connection string of either form."""
    return "://" in text or "=" in text


def parameters_of(url: str) -> dict[str, str] | None:
    """The parameters in a connection string of either form, as libpq takes them apart; None where it cannot."""
    import psycopg  # long to import, and not needed to show a help page
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {
            name: str(value)
            for name, value in conninfo_to_dict(without_others_parameters(url)).items()
            if value is not None
        }
    except (psycopg.Error, ValueError):
        return None


def without_others_parameters(url: str) -> str:
    """A URL without the parameters that are meant for other programs, such as `pgbouncer=true`.

    Whether a pooler stands there is asked of the server, whatever a URL says.
    """
    before, mark, query = url.partition("?")
    if not mark or "://" not in before:
        return url
    kept = [part for part in query.split("&") if part.partition("=")[0] not in _OF_OTHERS]
    return before + "?" * bool(kept) + "&".join(kept)


def is_hosted(host: str) -> bool:
    """Whether a host is one of Supabase's, whose servers and poolers all offer TLS."""
    return _HOSTED.search(host) is not None


def holds_secret(url: str) -> bool:
    """Whether a connection string holds a password, or what is as good as one; true where it cannot be read."""
    parameters = parameters_of(url)
    return parameters is None or any(parameters.get(name) for name in _SECRET)


def secrets_of(url: str) -> frozenset[str]:
    """What must not be printed of a connection string, as it is and as a URL spells it."""
    parameters = parameters_of(url)
    if parameters is None or not _as_it_was_meant(parameters):
        return frozenset({url}) - {""}
    open_to_all = {parameters.get(name) for name in ("user", "host", "dbname")}
    values = {parameters[name] for name in _SECRET if parameters.get(name)} - open_to_all
    return frozenset(spelled for value in values for spelled in (value, quote(value, safe="")))


def alone(parameters: Mapping[str, str]) -> dict[str, str]:
    """Parameters beside which no variable of libpq says anything: what they leave open is as if none was set.

    Unless they name a service: then that says what they leave open.
    """
    if parameters.get("service"):
        return dict(parameters)
    return _unset() | {name: value for name, value in parameters.items() if value}


@cache
def _unset() -> dict[str, str]:
    """libpq's defaults of the parameters that it would take from a variable."""
    from psycopg.pq import Conninfo

    options = {option.keyword.decode(): option for option in Conninfo.get_defaults() if option.envvar}
    del options["service"]
    return {name: _WITHOUT_EMPTY.get(name, (option.compiled or b"").decode()) for name, option in options.items()}


def split_secrets(url: str) -> tuple[str, dict[str, str]]:
    """A connection string for a command line, which everybody on a machine may read, and variables for the rest.

    Of the secrets, libpq takes the password alone from a variable. What only says a default is left out, since another
    program's libpq may not know it.
    """
    from psycopg.conninfo import make_conninfo

    parameters = {name: value for name, value in (parameters_of(url) or {}).items() if _unset().get(name) != value}
    secrets = {name: parameters.pop(name) for name in _SECRET if name in parameters}
    return make_conninfo(**parameters), {"PGPASSWORD": secrets["password"]} if "password" in secrets else {}


def shown(url: str) -> str:
    """A connection string as a URL that holds no secret, fit for output, plans and logs."""
    parameters = parameters_of(url)
    if parameters is None or not _as_it_was_meant(parameters):
        return UNREADABLE
    place, others = _place(parameters)
    user = f"{quote(parameters['user'], safe='')}@" if parameters.get("user") else ""
    database = quote(parameters.get("dbname", ""), safe="")
    others |= {name: parameters[name] for name in _SHOWN if parameters.get(name) not in (None, "", _unset().get(name))}
    query = "&".join(f"{name}={quote(value, safe='/:,')}" for name, value in others.items())
    path = f"/{database}" if database or query or not place else ""
    return f"postgresql://{user}{place}{path}{'?' * bool(query)}{query}"


def without_password(text: str) -> str:
    """`text` from elsewhere, such as a message or SQL, with what looks like a password in it taken out."""
    text = _URL.sub(_shown_in_text, text)
    text = _PARAMETER.sub(r"\g<name>***", text)
    return _IN_SQL.sub(r"\g<name>'***'", text)


def _shown_in_text(found: re.Match[str]) -> str:
    """The URL shown, and the rest of its line unless the URL cannot be read: who knows where it ends."""
    line = found["line"]
    written = found[0].removesuffix(line)
    url = written.rstrip(_CLOSING)
    masked = shown(url) if found["rest"].strip(_CLOSING) else url
    return masked if masked == UNREADABLE else masked + written[len(url) :] + _URL.sub(_shown_in_text, line)


def _as_it_was_meant(parameters: Mapping[str, str]) -> bool:
    """False where a part is none that servers have: then the rest of a password may have become that part."""
    hosts = parameters.get("host", "").split(",")
    return (
        all(host.startswith("/") or re.fullmatch(r"[\w.:%-]*", host) for host in hosts)
        and re.fullmatch(r"[\d,]*", parameters.get("port", "")) is not None
        and not re.search("[@:]", parameters.get("dbname", ""))
    )


def _place(parameters: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Hosts with their ports as a URL has them, and parameters for what cannot stand there."""
    host, port = parameters.get("host", ""), parameters.get("port", "")
    if not host or "/" in host:
        return "", {name: value for name, value in (("host", host), ("port", port)) if value}
    return ",".join(_hosts(host.split(","), port.split(","))), {}


def _hosts(hosts: list[str], ports: list[str]) -> Iterator[str]:
    ports = ports * len(hosts) if len(ports) == 1 else ports
    for host, port in zip_longest(hosts, ports[: len(hosts)], fillvalue=""):
        yield (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")


def refuse_more_than_a_place(url: str, origin: str) -> None:
    """Raise ConfigError where a project's connection string says more than which database, and as whom."""
    if shown(url) == UNREADABLE:
        raise ConfigError(f"{origin}: database_url cannot be read: write it as postgresql://user@host:5432/database")
    if holds_secret(url):
        raise ConfigError(
            f"{origin}: database_url holds a password, which does not belong in a file under version control; "
            "name a variable that holds a whole URL with database_url_env, or use ~/.pgpass"
        )
    parameters = parameters_of(url) or {}
    others = [name for name in parameters if name not in _OF_A_PROJECT]
    if parameters.get("sslmode", "require") not in _STRICT_SSLMODES:
        others.append(f"sslmode={parameters['sslmode']}")
    if others:
        raise ConfigError(
            f"{origin}: database_url sets {', '.join(others)}, which a project does not decide: leave it out, or name "
            "a variable that holds a whole URL with database_url_env"
        )
