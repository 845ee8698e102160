"""Connection strings as text: finding and leaving out passwords."""

import re

_URL = re.compile(r"(?P<scheme>postgres(?:ql)?://)(?P<user>[^:/@?#\s]*):(?P<password>\S*)@")
_PARAMETER = re.compile(r"(?P<name>(?:^|[?&\s])(?:ssl)?password\s*=\s*)(?P<password>'(?:[^'\\]|\\.)*'|[^&\s]+)")


def password_of(url: str) -> str | None:
    """The password in a connection string of either form, as it is spelled there; None without one."""
    found = _URL.search(url) or _PARAMETER.search(url)
    return found["password"].strip("'") if found and found["password"] else None


def without_password(text: str) -> str:
    """`text` with the passwords of all connection strings in it taken out, fit for output, plans and logs."""
    text = _URL.sub(lambda found: f"{found['scheme']}{found['user']}@", text)
    return _PARAMETER.sub(lambda found: f"{found['name']}***", text)
