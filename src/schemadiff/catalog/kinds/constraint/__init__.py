"""A constraint of a table: its kind, how it is read, which rows it refuses."""
