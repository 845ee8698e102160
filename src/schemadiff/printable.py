"""Text from elsewhere, such as the names of objects, made safe to print: it steers no terminal and ends no comment."""

import re

MISLEADING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001-\U000e007f]|\r(?!\n)"
)
"""Characters that steer a terminal, turn text around, end a line or are not seen; not those that languages need."""

COMMANDS_IN_LOGS = re.compile(
    r"(?:^[^\S\n]*(?=::(?:add|debug|echo|end|error|group|internal|notice|remove|save|set|stop|warning))|(?=##\w*\[))"
    r"(?P<first>[:#])",
    re.MULTILINE,
)
"""What systems that build take for their own commands in what a program prints: ::name first on a line, ##[name]."""

_LIKE_COMMANDS = re.compile(r"(?:^[^\S\n]*(?=::)|(?=##\w*\[))[:#]", re.MULTILINE)
"""What may be a command of another such system, or of a later version."""


def one_line(text: str) -> str:
    """`text` on one line: a line break in a name would end an SQL comment or a row of a table."""
    return without_commands(" ".join(printable(text).split()))


def printable(text: str, keep: str = "") -> str:
    """`text` with a blank for each control character that is not in `keep`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else " " for char in text)


def without_commands(text: str) -> str:
    """`text` for a log, with a blank in what a system that builds would take for its own command."""
    return _LIKE_COMMANDS.sub(r"\g<0> ", text)


def printable_json(text: str) -> str:
    """A JSON document that means the same, with escapes for what steers a terminal or a log."""
    text = MISLEADING.sub(lambda found: "".join(f"\\u{unit:04x}" for unit in _units(found[0])), text)
    return re.sub(r"#(?=#\w*\[)", r"\\u0023", text)


def _units(char: str) -> list[int]:
    encoded = char.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(encoded[start : start + 2]) for start in range(0, len(encoded), 2)]
