"""Runs a plan on a live database: preflights, segments, ledger, backfills, checks, rollback."""
