"""Rows for a rehearsal: made up, or sampled from live."""
