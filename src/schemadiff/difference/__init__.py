"""What differs between two catalogs, and how that is told."""
