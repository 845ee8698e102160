"""Segments run one by one, and what stands in their way."""
