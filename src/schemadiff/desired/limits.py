"""How long desired files may take, and how much they may hold: somebody else may have written them."""

MOST_TEXT = 64 * 2**20
"""Bytes of a file, and characters of all of them after templates are rendered."""

TEMPLATE_SECONDS = 20
"""For each file that is a template."""

TEMPLATE_MEMORY = 2**30
"""Bytes, of the process that renders them."""

STATEMENT_SECONDS = 60

LOADING_SECONDS = 600
"""For the statements of all files."""

MOST_DATA = 4 * 2**30
"""Bytes of the database into which they are loaded."""
