"""Which rows and values a script lost."""
