"""What several kinds have in common; nothing here is a kind."""
