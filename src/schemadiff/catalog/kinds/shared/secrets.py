"""Placeholders that scripts hold in place of secrets: each names the environment variable that fills it."""

import re
from hashlib import sha256

PREFIX = "SCHEMADIFF_SECRET_"
"""How the names of such variables begin."""

BEGINS = "${" + PREFIX

PLACEHOLDER = re.compile(r"\$\{(" + PREFIX + r"[A-Z0-9_]+)\}")
"""A placeholder, and the variable that it names."""

_MARK = 6
"""Letters of a digest that tell names apart which differ in what no variable's name can hold."""


def placeholder(of: str) -> str:
    """The placeholder for a secret that is described in words: the object, and which of its secrets."""
    words = of.replace(".", "__").replace(" ", "_")
    name = re.sub(r"[^A-Z0-9_]", "_", words.upper())
    if name.lower() != words or "__" in of:
        name += f"_{sha256(of.encode()).hexdigest()[:_MARK].upper()}"
    return "${" + PREFIX + name + "}"
