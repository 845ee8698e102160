"""Links of a page to files beside docs/ lead to these files in the repository, where the site has no copy of them."""

import re
from pathlib import PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

_OUTSIDE = re.compile(r"(!?)\[([^\]]*)\]\((\.\./[^)\s]+)\)")
"""A link that leaves docs/."""


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The page with such links made absolute, or with their text alone where `repo_url` is not configured."""

    def elsewhere(found: re.Match[str]) -> str:
        path = PurePosixPath(found[3]).relative_to("..")
        return f"[{found[2]}]({config.repo_url.rstrip('/')}/blob/main/{path})" if config.repo_url else found[2]

    return _OUTSIDE.sub(elsewhere, markdown)
