"""What must be dropped, created and altered so that one catalog becomes the other."""
