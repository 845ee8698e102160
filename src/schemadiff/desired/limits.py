"""How long foreign code, of files and of live, may take on a scratch server, and how much it may hold."""

MOST_TEXT = 64 * 2**20
"""Bytes of a file, and characters of all of them after templates are rendered."""

TEMPLATE_SECONDS = 20
"""For each file that is a template."""

TEMPLATE_MEMORY = 2**30
"""Bytes, of the process that renders them."""

STATEMENT_SECONDS = 60
"""For each statement, of the files or in a rehearsal."""

LOADING_SECONDS = 600
"""For the statements of all files."""

REHEARSAL_SECONDS = 1800
"""For all statements of a script, or for all that is done with rows."""

MOST_DATA = 4 * 2**30
"""Bytes of a scratch database."""
