"""A column of a table: its kind, how it is read, what it shares with parents."""
