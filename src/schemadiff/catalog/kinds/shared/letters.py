"""What letters and numbers of the system catalogs are called where people read of them."""

FIRING = {"O": "enabled", "D": "disabled", "R": "enabled on a replica", "A": "enabled always"}
"""Of triggers, rules and event triggers."""

COMPRESSION = {"": "default", "p": "pglz", "l": "lz4"}
PERSISTENCE = {"p": "permanent", "u": "unlogged", "t": "temporary"}
USUAL_TARGET = {"-1": "default"}
"""Of statistics."""
