"""The text of a desired file or template."""

from pathlib import Path

from schemadiff.desired import limits
from schemadiff.errors import DesiredError
from schemadiff.project_files import leads_out, read_inside


def read_text(path: Path, root: Path) -> str:
    """The text of a file in `root`. DesiredError where it cannot be read, is too long or is elsewhere."""
    try:
        # told before it is opened, which may be refused to this process; asked again of what was opened
        content = None if leads_out(path, root) else read_inside(path, root, most=limits.MOST_TEXT + 1)
        if content is None:
            raise outside(path, root)
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DesiredError(f"{path}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    except OSError as error:
        raise DesiredError(f"{path}: cannot be read: {error.strerror}; make it readable") from None
    if len(content) > limits.MOST_TEXT:
        raise too_long(path)
    if "\0" in text:
        raise DesiredError(f"{path}: contains a NUL character, which Postgres does not accept; remove it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def outside(path: Path, root: Path) -> DesiredError:
    """The error about a link out of the folder that desired files may come from."""
    return DesiredError(f"{path}: is a link to a place outside of {root}; put the file itself there")


def too_long(path: Path | str) -> DesiredError:
    """The error about the file with which desired files hold too much text."""
    most = limits.MOST_TEXT >> 20
    return DesiredError(f"{path}:1:1: desired files hold more than {most} MB of SQL; remove what is not schema")
