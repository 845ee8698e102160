"""Questions to the rows that could make a statement fail."""
