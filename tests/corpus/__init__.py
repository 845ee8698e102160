"""Pairs of schemas, each in a folder of its own, and what a migration between them is judged by."""
