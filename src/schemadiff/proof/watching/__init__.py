"""What each statement of a script locks, reads and rewrites, measured."""
