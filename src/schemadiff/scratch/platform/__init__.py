"""Stand-ins for what a hosting platform puts into a database before its users do."""

from importlib.resources import files
from typing import Literal

Profile = Literal["supabase", "plain"]


def pack(profile: Profile) -> str | None:
    """SQL that makes an empty database look like the platform's, run by a superuser; None for plain."""
    return _read("supabase.sql") if profile == "supabase" else None


def _read(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")
