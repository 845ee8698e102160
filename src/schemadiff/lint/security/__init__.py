"""Rules about who gets at what."""
