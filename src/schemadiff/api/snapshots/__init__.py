"""Snapshots: what planning asks of live, in a file, so that others can plan without the database."""
