"""What the database keeps of plans: the ledger and the archive."""
