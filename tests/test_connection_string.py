"""Connection strings are shown without secrets, or not at all."""

import pytest

from schemadiff.connection_string import UNREADABLE, holds_secret, secrets_of, shown, without_password

READABLE = [
    ("postgresql://u@h/d", set(), "postgresql://u@h/d"),
    ("postgresql://u:p%40ss@h/d", {"p@ss", "p%40ss"}, "postgresql://u@h/d"),
    ("postgresql://u:hun?ter2@h/d", {"hun?ter2", "hun%3Fter2"}, "postgresql://u@h/d"),
    ("postgresql://u:h#nter2@h/d", {"h#nter2", "h%23nter2"}, "postgresql://u@h/d"),
    ("postgresql://u@h/d?password=pw&sslmode=require", {"pw"}, "postgresql://u@h/d?sslmode=require"),
    ("postgresql://u@h/d?sslpassword=pw", {"pw"}, "postgresql://u@h/d"),
    ("postgresql://u@h/d?options=-c%20app.key%3Dhunter2", set(), "postgresql://u@h/d"),
    ("postgresql://u:p@[::1]:5432/d", {"p"}, "postgresql://u@[::1]:5432/d"),
    ("postgresql://u:p@a:1,b:2/d", {"p"}, "postgresql://u@a:1,b:2/d"),
    ("host=a,b port=1 dbname=d", set(), "postgresql://a:1,b:1/d"),
    ("host=h password='p w' user=u", {"p w", "p%20w"}, "postgresql://u@h"),
    ("host=h password = 'it\\'s' dbname='a b'", {"it's", "it%27s"}, "postgresql://h/a%20b"),
    ("host=/run/pg port=7 user=u password=p", {"p"}, "postgresql://u@/?host=/run/pg&port=7"),
    ("postgresql://tenant%40x:p@h/d", {"p"}, "postgresql://tenant%40x@h/d"),
    ("postgresql://postgres:postgres@h/d", set(), "postgresql://postgres@h/d"),
]


@pytest.mark.parametrize(("url", "secrets", "masked"), READABLE)
def test_what_can_be_read(url: str, secrets: set[str], masked: str) -> None:
    assert secrets_of(url) == secrets
    assert shown(url) == masked
    assert shown(masked) == masked
    assert holds_secret(url) == (bool(secrets) or "postgres:postgres" in url)


UNREADABLE_ONES = [
    "postgresql://u:hun@ter2@h/d",
    "postgresql://u:hun/ter2@h/d",
    "postgresql://u:hunter2/d",
    "postgresql://u:hunter%zz2@h/d",
    "postgresql://u:hun ter2@h/d",
    "postgresql://h/d?pasword=hunter2",
    "password=hun ter2",
    "password='hunter2",
    "dbname=postgresql://u:hunter2@h/d",
    "mysql://u:hunter2@h/d",
    "hunter2",
]


@pytest.mark.parametrize("url", UNREADABLE_ONES)
def test_what_cannot_be_read_is_not_shown(url: str) -> None:
    assert shown(url) == UNREADABLE
    assert url in secrets_of(url)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("see 'postgresql://u:hunter2@h/d'.", "see 'postgresql://u@h/d'."),
        ("from postgres://u:hunter2@h/d to postgres://v:hunter2@h/d: no", "from postgresql://u@h/d to "
         "postgresql://v@h/d: no"),
        ("to postgresql://u:hun ter2@h/d", f"to {UNREADABLE}"),
        ("as in postgresql://...", "as in postgresql://..."),
        ("CONNECTION 'host=h password=hunter2'", "CONNECTION 'host=h password=***'"),
        ("CONNECTION 'host=h password=''hun ter2'' user=u'", "CONNECTION 'host=h password=*** user=u'"),
        ("host=h sslpassword = 'hun ter2' user=u", "host=h sslpassword = *** user=u"),
        ("ALTER ROLE r PASSWORD 'hun''ter2'", "ALTER ROLE r PASSWORD '***'"),
        ("ALTER ROLE r ENCRYPTED PASSWORD E'hunter2'", "ALTER ROLE r ENCRYPTED PASSWORD '***'"),
    ],
)  # fmt: skip
def test_passwords_in_text(text: str, masked: str) -> None:
    assert without_password(text) == masked
    assert without_password(masked) == masked
