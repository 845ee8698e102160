"""Data steps that stand beside the schema: backfills and checks."""
