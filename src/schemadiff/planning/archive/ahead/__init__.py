"""Columns of large tables: their values are archived before the column goes, and come back behind it, in batches."""
