"""Changes that are made beside what is in use, which then has to wait for a moment only."""
