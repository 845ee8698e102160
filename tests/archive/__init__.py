"""What a plan destroys comes back with its rollback."""
