"""What a database holds: objects of every kind, read in one snapshot, and how each is written as SQL."""
