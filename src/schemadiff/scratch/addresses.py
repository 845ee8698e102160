"""How scratch servers are connected to: as they say themselves, and as no variable of libpq does."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from schemadiff.connection_string import alone

_PRIVATE = {"passfile": "/dev/null/none", "sslmode": "disable", "gssencmode": "disable"}
"""No password file is there; libpq would warn of /dev/null itself."""


def private(user: str, host: Path, port: str = "5432") -> dict[str, str]:
    """The parameters of a server of our own with its socket in the folder `host`."""
    return alone(_PRIVATE | {"user": user, "host": str(host), "port": port})


def url_of(parameters: Mapping[str, str], database: str) -> str:
    """A libpq URL for `database` with all `parameters`."""
    login = quote(parameters.get("user", ""), safe="")
    if parameters.get("password"):
        login += ":" + quote(parameters["password"], safe="")
    before = {"user": parameters.get("user"), "password": parameters.get("password"), "dbname": database}
    # what is empty is said, too: libpq would look for what is not
    others = {name: value for name, value in {**parameters, "dbname": database}.items() if not before.get(name)}
    query = "&".join(f"{name}={quote(value, safe='/')}" for name, value in others.items())
    return f"postgresql://{login}{'@' * bool(login)}/{quote(database, safe='')}?{query}"
