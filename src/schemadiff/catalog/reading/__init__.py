"""How a catalog is read from a database: one snapshot, its objects, their dependencies."""
