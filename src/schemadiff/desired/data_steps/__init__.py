"""Data steps that belong to the schema: backfills and checks."""
