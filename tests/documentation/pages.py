"""The blocks of the documentation's pages."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"^( *)```(\w*)([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what stands behind that, its text without indentation, and where it begins."""

    page: str
    line: int
    language: str
    rest: str
    text: str

    @property
    def title(self) -> str | None:
        """The file whose content the block is."""
        found = re.search(r'title="([^"]+)"', self.rest)
        return found[1] if found else None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """All blocks of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page=page.name,
            line=text.count("\n", 0, found.start()) + 1,
            language=found[2],
            rest=found[3],
            text="".join(line.removeprefix(found[1]) for line in found[4].splitlines(keepends=True)),
        )
        for found in _BLOCK.finditer(text)
    ]


EVERY_BLOCK = [block for page in PAGES for block in blocks(page)]
