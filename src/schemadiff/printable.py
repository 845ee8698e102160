"""Text from elsewhere, such as the names of objects, made safe to print: it steers no terminal and ends no comment."""


def one_line(text: str) -> str:
    """`text` on one line: a line break in a name would end an SQL comment or a row of a table."""
    return " ".join(printable(text).split())


def printable(text: str, keep: str = "") -> str:
    """`text` with a blank for each control character that is not in `keep`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else " " for char in text)
